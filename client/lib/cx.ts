import { clsx, type ClassValue } from 'clsx';
import { twMerge } from 'tailwind-merge';

/** Class names in one string; where two Tailwind classes contradict, the later one wins. */
export const cx = (...inputs: ClassValue[]): string => twMerge(clsx(inputs));
