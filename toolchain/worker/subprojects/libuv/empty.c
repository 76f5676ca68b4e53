int ume_libuv_unused;
