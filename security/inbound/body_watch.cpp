#include "security/inbound/body_watch.hpp"

namespace hutong::security {

bool BodyWatch::start(bool include) {
    if (!open_.empty()) {
        Open& parent = open_.back();
        if (parent.include || (include && parent.content)) return false;
        parent.content = true;
        parent.include = include;
    }
    open_.emplace_back();
    return true;
}

bool BodyWatch::text(std::string_view text, bool cdata) {
    Open& open = open_.back();
    open.content = true;
    if (!open.text && (cdata || text.find_first_not_of(" \t\r\n") != std::string_view::npos)) {
        open.text = true;
        look(open);
    }
    return !open.include;
}

bool BodyWatch::comment() {
    Open& open = open_.back();
    open.content = true;
    open.comment = true;
    look(open);
    return !open.include;
}

}  // namespace hutong::security
