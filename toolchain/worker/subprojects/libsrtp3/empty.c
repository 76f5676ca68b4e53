int ume_srtp_unused;
