"""Groups the worker's many small C++ files ten to a compiler run, which is about 2.5 times less work.

usage: unity.py WORKER_SOURCES
"""
import re
import sys

SIZE = 10
# Files whose file-scope names clash with those of others: compiled alone.
ALONE = re.compile(
    "src/handles/.*"
    "|src/(Settings|DepLibSRTP|DepLibUV|DepLibWebRTC|DepOpenSSL).cpp"
    "|src/RTC/(PlainTransport|WebRtcTransport|SvcProducerStreamManager|TransportCongestionControlClient).cpp"
    "|src/RTC/BWE/(LossBasedController|TargetRateController).cpp"
    "|src/RTC/RTP/RtxStream.cpp"
    "|src/RTC/SCTP/association/TransmissionControlBlock.cpp"
    "|.*/trendline_estimator.cc"
)


def group(path, variable):
    text = open(path).read()
    listing = re.search(variable + r" = \[(.*?)\]", text, re.S)
    files = re.findall(r"'([^']+)'", listing.group(1))
    names = [file for file in files if ALONE.fullmatch(file)]
    rest = [file for file in files if not ALONE.fullmatch(file)]
    for first in range(0, len(rest), SIZE):
        name = f"unity{first // SIZE}.cpp"
        with open(path.replace("meson.build", name), "w") as out:
            out.writelines(f'#undef MS_CLASS\n#include "{file}"\n' for file in rest[first : first + SIZE])
        names.append(name)
    listed = ",".join(f"'{name}'" for name in names)
    open(path, "w").write(text[: listing.start(1)] + listed + text[listing.end(1) :])


root = sys.argv[1]
group(f"{root}/meson.build", "common_sources")
group(f"{root}/deps/libwebrtc/meson.build", "libwebrtc_sources")
