int ume_openssl_unused;
