#include "tests/attack/xsw/markup.hpp"

#include <stdexcept>

namespace hutong::attack {

namespace {

constexpr std::string_view space = " \t\r\n";

class Reader {
  public:
    explicit Reader(std::string_view text) : text_(text) {}

    std::unique_ptr<Markup> root() {
        skip_to_tag();
        return element(nullptr);
    }

  private:
    [[noreturn]] void fail(const char* what) const {
        throw std::runtime_error("markup at byte " + std::to_string(at_) + ": " + what);
    }
    bool starts(std::string_view what) const { return text_.substr(at_, what.size()) == what; }
    void past(std::string_view mark) {
        const auto found = text_.find(mark, at_);
        if (found == std::string_view::npos) fail("something has no end");
        at_ = found + mark.size();
    }
    // To the '<' of the next start or end tag.
    void skip_to_tag() {
        for (;;) {
            at_ = text_.find('<', at_);
            if (at_ == std::string_view::npos) fail("no further tag");
            if (starts("<!--"))
                past("-->");
            else if (starts("<![CDATA["))
                past("]]>");
            else if (starts("<?"))
                past("?>");
            else
                return;
        }
    }
    std::string name() {
        const auto stop = text_.find_first_of(" \t\r\n=/>", at_);
        std::string result(text_.substr(at_, stop - at_));
        at_ = stop;
        return result;
    }
    void attribute(Markup& of) {
        const std::size_t begin = at_;
        at_ = text_.find_first_not_of(space, at_);
        if (starts("/") || starts(">")) return;
        Markup::Attribute made{name(), {}, begin, 0};
        at_ = text_.find_first_of("\"'", at_);
        const char quote = text_[at_++];
        const auto stop = text_.find(quote, at_);
        made.value = std::string(text_.substr(at_, stop - at_));
        at_ = made.end = stop + 1;
        if (made.name == "xmlns") of.in_scope[""] = made.value;
        if (made.name.starts_with("xmlns:")) of.in_scope[made.name.substr(6)] = made.value;
        of.attributes.push_back(std::move(made));
    }
    std::unique_ptr<Markup> element(const Markup* parent) {
        auto made = std::make_unique<Markup>();
        made->parent = parent;
        if (parent != nullptr) made->in_scope = parent->in_scope;
        made->begin = at_++;
        made->local = name();
        while (!starts(">") && !starts("/>")) attribute(*made);
        if (const auto colon = made->local.find(':'); colon != std::string::npos) {
            made->prefix = made->local.substr(0, colon);
            made->local.erase(0, colon + 1);
        }
        made->ns = made->in_scope[made->prefix];
        const bool empty = starts("/>");
        at_ += empty ? 2 : 1;
        made->open_end = made->close_begin = made->end = at_;
        if (empty) return made;
        for (skip_to_tag(); !starts("</"); skip_to_tag()) made->children.push_back(element(made.get()));
        made->close_begin = at_;
        past(">");
        made->end = at_;
        return made;
    }

    std::string_view text_;
    std::size_t at_{0};
};

}  // namespace

const Markup* Markup::child(std::string_view n, std::string_view l) const {
    for (const auto& c : children)
        if (c->is(n, l)) return c.get();
    return nullptr;
}

std::string Markup::missing_declarations() const {
    std::string result;
    for (const auto& [declared, uri] : in_scope) {
        const std::string attribute = declared.empty() ? "xmlns" : "xmlns:" + declared;
        bool own = false;
        for (const Attribute& a : attributes) own = own || a.name == attribute;
        if (!own && !(declared.empty() && uri.empty())) result += " " + attribute + "=\"" + uri + "\"";
    }
    return result;
}

std::unique_ptr<Markup> read_markup(std::string_view text) {
    return Reader(text).root();
}

}  // namespace hutong::attack
