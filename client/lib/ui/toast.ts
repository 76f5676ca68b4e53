/** Short messages in the corner: `toast('Copied')`, `toast.error('That failed', { description })`. */
export { toast } from 'svelte-sonner';
