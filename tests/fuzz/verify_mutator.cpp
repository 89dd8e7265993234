#include "tests/fuzz/verify_mutator.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <random>
#include <vector>

#include "base/xml/document.hpp"
#include "tests/unit/xmldsig/random_xml.hpp"

// Not there where only the seeds are run.
extern "C" [[gnu::weak]] std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size,
                                                      std::size_t max_size);

namespace hutong::test {

namespace {

// What a message may get or lose, besides what libFuzzer thinks of.
constexpr std::string_view pieces[] = {
    "<a/>",
    "<a xmlns=''/>",
    "<a xmlns='u:x'>",
    "</a>",
    "<po:b xmlns:po='u:y'/>",
    " xmlns:po='urn:po'",
    " xmlns='u:d'",
    " xmlns=''",
    " xml:lang='zh'",
    " xml:space='preserve'",
    " xml:id='i'",
    " xml:base='u:b'",
    " b='2' a='1'",
    " wsu:Id='I'",
    " Id='Body'",
    " id='1'",
    " po:a='1'",
    "<![CDATA[",
    "]]>",
    "<![CDATA[a\r\nb\r]]>",
    "<!-- c -->",
    "<!--",
    "-->",
    "&amp;",
    "&lt;",
    "&#13;",
    "&#10;",
    "&#9;",
    "&#x10000;",
    "&quot;",
    "\r\n",
    "\r",
    "\n",
    "\t",
    " ",
    "\xE7\xA8\x8E",
    "\xF0\x9F\x98\x80",
    "'",
    "\"",
    ">",
    "/>",
    "]]",
    "<?p i?>",
    "<wsse:UsernameToken/>",
    "<soap:Header/>",
    "<soap:Body/>",
    "<ds:Object/>",
    "<xop:Include xmlns:xop='http://www.w3.org/2004/08/xop/include' href='cid:a'/>",
    "<po:bin><xop:Include xmlns:xop='http://www.w3.org/2004/08/xop/include' href='cid:b'/></po:bin>",
    "<po:kind>po:paid</po:kind>",
    "<kind>po:paid x:y</kind>",
    " ref='po:paid'",
    " xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:type='po:T'",
    " xsi:type='xs:QName'",
    " xmlns:xs='http://www.w3.org/2001/XMLSchema'",
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
    "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1",
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
    "http://www.w3.org/2006/12/xml-c14n11",
    "http://www.w3.org/2001/10/xml-exc-c14n#",
    "http://www.w3.org/2001/04/xmlenc#sha512",
    "<ec:InclusiveNamespaces xmlns:ec='http://www.w3.org/2001/10/xml-exc-c14n#' PrefixList='po #default "
    "soap'/>"};

// Some of the messages that were accepted lately.
std::vector<FuzzMessage>& good_messages() {
    static std::vector<FuzzMessage> messages;
    return messages;
}

std::string with_other_body(const std::string& message, unsigned seed) {
    const std::size_t begin = message.find('>', message.find("<soap:Body"));
    const std::size_t end = message.rfind("</soap:Body>");
    if (begin == std::string::npos || end == std::string::npos || end < begin) return message;
    return message.substr(0, begin + 1) + RandomXml(seed, seed % 4 != 0).document() + message.substr(end);
}

std::string changed(std::string text, std::minstd_rand& random, std::size_t max_size) {
    for (unsigned n = 1 + random() % 3; n > 0; --n) {
        const std::size_t at = text.empty() ? 0 : random() % text.size();
        const std::string_view piece = pieces[random() % std::size(pieces)];
        switch (random() % 6) {
            case 0: {
                const std::size_t size = text.size();
                text.resize(std::max(size, max_size));
                text.resize(
                    LLVMFuzzerMutate(reinterpret_cast<std::uint8_t*>(text.data()), size, text.size()));
                break;
            }
            case 1:
                text.erase(at, random() % 30);
                break;
            case 2:  // something that is there already, somewhere else
                text.insert(at, text.substr(random() % (text.size() + 1), random() % 200));
                break;
            case 3: {  // behind a tag or a name
                const std::size_t place = text.find_first_of("> ", at);
                text.insert(place == std::string::npos ? at : place + (text[place] == '>' ? 1 : 0), piece);
                break;
            }
            case 4: {  // in the Body
                const std::size_t body = text.find("<soap:Body");
                const std::size_t place =
                    body == std::string::npos ? at : body + random() % (text.size() - body);
                text.insert(place, piece);
                break;
            }
            default:
                text.insert(at, piece);
        }
    }
    return text;
}

// One part gets other octets, another type or name, comes twice, or goes.
void change_parts(Parts& parts, std::minstd_rand& random, std::size_t max_size) {
    static const char* const types[] = {"text/plain",    "application/octet-stream", "text/xml",
                                        "image/svg+xml", "TEXT/HTML; charset=utf-8", ""};
    if (parts.empty()) return;
    Part& part = parts[random() % parts.size()];
    switch (random() % 6) {
        case 0:
        case 1:
            part.octets = changed(std::move(part.octets), random, max_size / 4);
            std::erase(part.octets, '\0');
            break;
        case 2:
            part.octets = RandomXml(static_cast<unsigned>(random()), true).document();
            break;
        case 3:
            part.content_type = types[random() % std::size(types)];
            break;
        case 4:
            if (random() % 4 == 0) part.content_id += 'x';
            break;
        default:
            if (random() % 4 == 0)
                parts.push_back(Part(part));
            else if (random() % 4 == 0)
                parts.pop_back();
    }
}

}  // namespace

void keep_good(const FuzzMessage& message) {
    constexpr std::size_t most = 512;
    auto& messages = good_messages();
    if (messages.size() < most)
        messages.push_back(message);
    else
        messages[std::hash<std::string>{}(message.root) % most] = message;
}

FuzzMessage mutate(const FuzzMessage& message, unsigned number, std::size_t max_size) {
    std::minstd_rand random(number);
    FuzzMessage made = message;
    // What is broken once stays so: most of the time something good is changed so that it still is XML.
    if (random() % 4 != 0 && !good_messages().empty()) {
        const FuzzMessage& good = good_messages()[random() % good_messages().size()];
        made.parts = good.parts;
        do {
            made.root = random() % 3 == 0 ? with_other_body(good.root, static_cast<unsigned>(random()))
                                          : changed(good.root, random, max_size);
        } while (random() % 20 != 0 && xml::parse(made.root).has_error());
    } else {
        made.root = changed(std::move(made.root), random, max_size);
    }
    std::erase(made.root, '\0');
    if (random() % 2 == 0) change_parts(made.parts, random, max_size);
    if (random() % 8 != 0) sign_again(made);
    return made;
}

}  // namespace hutong::test
