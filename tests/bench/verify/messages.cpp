#include "tests/bench/verify/messages.hpp"

#include "tests/unit/xmldsig/resign.hpp"
#include "tests/unit/xmldsig/wss_template.hpp"

namespace hutong::bench {

namespace {

// One of these over and over.
std::string piece_of(const std::string& shape, std::size_t number) {
    if (shape == "elements")
        return "<o:item line=\"" + std::to_string(number) +
               "\"><o:name>widget</o:name><o:price currency=\"CNY\">" + std::to_string(number * 7 % 1000) +
               ".50</o:price><o:count>3</o:count></o:item>\n";
    if (shape == "ascii")
        return "The quick brown fox jumps over the lazy dog, and then it does so once more.\n";
    return "各部门的业务系统通过统一的平台共享信息、交换数据、协同办理业务，为公众提供一站式服务。\n";
}

}  // namespace

std::string body_of(const std::string& shape, std::size_t bytes) {
    std::string content;
    for (std::size_t number = 1; content.empty() || content.size() + 40 < bytes; ++number)
        content += piece_of(shape, number);
    return "<o:order xmlns:o=\"urn:hutong:bench\">" + content + "</o:order>";
}

std::string signed_message(const std::string& body, const test::Identity& signer) {
    test::WssTemplate message = test::template_for(signer);
    message.body = body;
    return test::resigned(message.text(), signer);
}

}  // namespace hutong::bench
