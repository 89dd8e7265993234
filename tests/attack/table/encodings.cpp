// A text that is something else to the next reader than it was to us.
#include "tests/attack/table/table.hpp"

namespace hutong::attack {

void encodings(Table& table) {
    const auto in_front = [](const std::string& text) {
        return [=](const std::string& message) { return text + message; };
    };
    table.control("an XML declaration", plain(), cast().p256,
                  in_front("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"));
    for (const std::string encoding : {"ISO-8859-1", "GBK", "UTF-16", "EBCDIC-CP-US"})
        table.changed("declared as " + encoding,
                      in_front("<?xml version=\"1.0\" encoding=\"" + encoding + "\"?>"),
                      "does not fit|bytes that are not|not well-formed");
    table.changed("declared as ISO-8859-1, far behind white space",
                  in_front("<?xml version=\"1.0\"" + std::string(600, ' ') + "encoding=\"ISO-8859-1\"?>"),
                  "does not fit");
    table.changed("XML 1.1", in_front("<?xml version=\"1.1\"?>"), "not XML 1.0");
    table.changed("bytes that are no UTF-8", replace("税务", "\xC0\xAF"), "not well-formed");
}

}  // namespace hutong::attack
