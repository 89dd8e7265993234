// Random well-formed XML full of what canonicalisation has to do with: namespaces declared, hidden and
// undeclared, xml:* attributes, line ends, references, CDATA, characters of every length.
//
// The same seed gives the same document.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <random>
#include <string>
#include <vector>

namespace hutong::test {

// `acceptable`: nothing for which a signed Body is refused (comments beside text, Ids that occur twice).
class RandomXml {
  public:
    explicit RandomXml(unsigned seed, bool acceptable = false) : random_(seed), acceptable_(acceptable) {}
    std::string document() {
        out_.clear();
        element(0, {});
        return out_;
    }

  private:
    unsigned below(unsigned n) { return static_cast<unsigned>(random_() % n); }
    const char* pick(std::initializer_list<const char*> from) {
        return from.begin()[below(static_cast<unsigned>(from.size()))];
    }
    std::string some(const char* quote) {
        std::string text;
        for (unsigned n = below(4); n > 0; --n) {
            text +=
                pick({"a",     " ",     "\n",        "\r\n",   "\r",
                      "\t",    "&amp;", "&lt;",      "&gt;",   "&#13;",
                      "&#x9;", "&#10;", "&quot;",    "&apos;", ">",
                      "税",    "😀",     "&#x20000;", "]x",     "long text without anything special in it, "});
            if (below(9) == 0) text += quote[0] == '"' ? "'" : "\"";
        }
        return text;
    }
    void element(int depth, std::vector<std::string> prefixes) {
        std::string declarations;
        for (const std::string prefix : {"a", "b", "c"}) {
            if (below(4) != 0) continue;
            declarations +=
                " xmlns:" + prefix + "='" + pick({"u:1", "u:2", "u:3", "http://x/y?z&amp;q"}) + "'";
            if (std::find(prefixes.begin(), prefixes.end(), prefix) == prefixes.end())
                prefixes.push_back(prefix);
        }
        if (below(4) == 0) declarations += std::string(" xmlns='") + pick({"", "u:1", "u:d"}) + "'";
        const auto prefix = [&] {
            const unsigned which = below(static_cast<unsigned>(prefixes.size()) + 1);
            return which == 0 ? std::string() : prefixes[which - 1] + ":";
        };
        std::string attributes;
        // Distinct local names, so that two prefixes of one URI cannot clash.
        for (const std::string local : {"k", "j", "l"})
            if (below(3) == 0) attributes += " " + prefix() + local + "=\"" + some("\"") + "\"";
        for (const std::string local : {"lang", "space", "id", "foo", "base"}) {
            if (acceptable_ && local == "id") continue;
            if (below(local == "base" ? 40 : 12) == 0)
                attributes += " xml:" + local + "='" + pick({"x", "y", "default"}) + "'";
        }
        const std::string name = prefix() + pick({"e", "f", "item"});
        out_ += "<" + name + (below(2) ? declarations + attributes : attributes + declarations);
        if (below(5) == 0) {
            out_ += "/>";
            return;
        }
        out_ += ">";
        for (unsigned n = below(depth < 5 ? 5 : 1); n > 0; --n) {
            switch (below(5)) {
                case 0:
                    if (!acceptable_) out_ += std::string("<!--") + pick({"", " x ", "<a>&"}) + "-->";
                    break;
                case 1:
                    out_ += std::string("<![CDATA[") + pick({"", "\r\n", "a\r", "<&>", "]", "税"}) + "]]>";
                    break;
                case 2:
                    out_ += some("");
                    break;
                default:
                    element(depth + 1, prefixes);
            }
        }
        out_ += "</" + name + ">";
    }

    std::mt19937 random_;
    bool acceptable_;
    std::string out_;
};

}  // namespace hutong::test
