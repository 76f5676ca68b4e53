// The whole app is drawn in the browser: what it shows comes live over sockets, and it opens without a network.
export const ssr = false;
export const prerender = false;
