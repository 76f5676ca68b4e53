int ume_abseil_unused;
