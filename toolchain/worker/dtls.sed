# A patch of src/RTC/DtlsTransport.cpp for a system's OpenSSL with kernel TLS (upstream's copy has none). libssl then
# asks the write BIO whether kernel TLS is on; mediasoup's callback says 1 to every question, so libssl makes no write
# buffer and the first DTLS handshake crashes the worker. This says 0 to that question.
/onSslBioOut($/,/^}/{
s@int /\*argi\*/,@int argi,@
s@^\tconst long resultOfcallback = .*@\tif (operationType == (BIO_CB_CTRL | BIO_CB_RETURN) \&\& argi == BIO_CTRL_GET_KTLS_SEND)\n\t{\n\t\treturn 0;\n\t}\n\n&@
}
