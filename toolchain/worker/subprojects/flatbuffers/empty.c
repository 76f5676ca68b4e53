int ume_flatbuffers_unused;
