// Looks out, in a Body that goes by, for what one reader might skip and another read.
//
// A comment in the middle of text (xmldsig/nodes), and an xop:Include that is not all its parent holds
// (XOP 1.0 section 3.2). One thread at a time.
#pragma once

#include <string_view>
#include <vector>

#include "base/xml/push_parser.hpp"

namespace hutong::security {

class BodyWatch {
  public:
    // Of Body itself and what is below it. False: the parent of an xop:Include holds more than that.
    bool start(bool include) {
        bool proper = true;
        if (!open_.empty()) {
            Open& parent = open_.back();
            proper = !parent.include && !(include && parent.content);
            parent.content = true;
            parent.include = include;
        }
        open_.emplace_back();
        return proper;
    }
    void end() { open_.pop_back(); }
    bool text(std::string_view text, bool cdata) {
        Open& open = open_.back();
        open.content = true;
        if (!open.text && (cdata || !is_blank(text))) {
            open.text = true;
            look(open);
        }
        return !open.include;
    }
    bool comment() {
        Open& open = open_.back();
        open.content = true;
        open.comment = true;
        look(open);
        return !open.include;
    }

    bool comment_within_text() const { return comment_within_text_; }

  private:
    struct Open {
        bool comment{false};
        bool text{false};     // more than white space
        bool content{false};  // anything at all
        bool include{false};
    };
    static bool is_blank(std::string_view text) {
        for (const char c : text)
            if (c != ' ' && c != '\t' && c != '\r' && c != '\n') return false;
        return true;
    }
    void look(const Open& open) {
        if (open.comment && open.text) comment_within_text_ = true;
    }

    std::vector<Open> open_;
    bool comment_within_text_{false};
};

}  // namespace hutong::security
