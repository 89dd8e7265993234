// README.txt of an export: what is in it and how to check it, for people, in Chinese and English.
#include "security/evidence/bundle.hpp"

namespace hutong::security::evidence {

namespace {

std::string kept(const Message& message) {
    if (message.whole()) return "全文 whole";
    return message.content.empty() ? "仅摘要 digest only" : "仅安全头 Security header only";
}

}  // namespace

std::string readme(const Bundle& bundle) {
    std::string text =
        "互通 Hutong\n调用证据 / Evidence of one call: " + bundle.exchange + "\n\n报文 / Messages\n";
    for (const Message& message : messages_of(bundle))
        text += "  " + message_name(message) + "  " + format_utc(message.time) + "  " +
                std::to_string(message.bytes) + " bytes  " + kept(message) + "\n    SHA-256 " +
                to_hex(message.digest) + "\n";
    for (const BundleSegment& segment : bundle.segments) {
        text += "\n日志段 / Segment " + std::to_string(segment.number) + "\n";
        switch (segment.root_of) {
            case RootOf::seal:
                text += "  已封存 sealed; ";
                text += segment.timestamp.empty() ? "尚无时间戳 not timestamped yet\n"
                                                  : "有 RFC 3161 时间戳 with an RFC 3161 timestamp\n";
                break;
            case RootOf::head:
                text += "  尚未封存，仅有节点签名的链头 not sealed yet: the node's signed head only\n";
                break;
            case RootOf::nothing:
                text += "  无封存亦无链头：无法证明 neither sealed nor under a signed head: not proven\n";
                break;
        }
    }
    text +=
        "\n核验 / To check\n"
        "  hutong journal verify FILE.zip --root CA.pem [--tsa-root TSA.pem] [--caller-root OTHER.pem]\n"
        "  结论 intact：完好，且有节点签名；NOT PROVEN：未见篡改，但无节点签名，任何人都能伪造；\n"
        "  NOT intact：已被改动。\n"
        "  intact: nothing was altered, and it is under the node's signature; NOT PROVEN: it is not, anybody "
        "could have made it;\n  NOT intact: something was altered.\n"
        "  无需网关、网络或数据库；CA.pem 须从可信渠道另行取得，勿取自本文件。\n"
        "  Needs no gateway, network or database. Get CA.pem from somewhere you trust, not from this "
        "file.\n\n"
        "不用本软件 / Without this program\n"
        "  openssl ts -verify -data segments/N.seal -in segments/N.tsr -CAfile CA.pem\n"
        "  openssl x509 -in certificates/X.pem -noout -pubkey > key.pem\n"
        "  openssl dgst -sha256 -verify key.pem -signature heads/N.sig heads/N.head\n"
        "  其余步骤见 docs/evidence.md。 For the other steps see docs/evidence.md.\n";
    return text;
}

}  // namespace hutong::security::evidence
