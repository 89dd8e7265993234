// The grammar of XML 1.0 (fifth edition), as far as a text without a DTD has it.
#include <algorithm>

#include "base/xml/push_parser_state.hpp"
#include "base/xml/xml_declaration.hpp"

namespace hutong::xml {

namespace {

constexpr std::string_view cdata_end = "]]>";

}  // namespace

// A byte order mark and the XML declaration (section 2.8), if they are there.
PushParser::State::Step PushParser::State::beginning() {
    constexpr std::string_view mark = "\xEF\xBB\xBF";
    constexpr std::string_view opening = "<?xml";
    if (offset(at_) == 0) {
        if (!last_ && cut_within(mark)) return Step::wait;
        if (rest().starts_with(mark)) at_ += mark.size();
        // So begin UTF-16 and UTF-32, with a mark or a '<'.
        if (rest().starts_with('\xFE') || rest().starts_with('\xFF') ||
            rest().substr(0, 2).find('\0') != std::string_view::npos)
            return stop(ErrorCode::invalid, "the text is not UTF-8"), Step::wait;
    }
    if (!last_ && (cut_within(opening) || rest() == opening)) return Step::wait;
    if (rest().size() > opening.size() && rest().starts_with(opening) && is_space(rest()[opening.size()])) {
        const std::size_t close = rest().find("?>");
        if (close == std::string_view::npos && rest().size() < declaration_bytes) return wait_for("\"?>\"");
        if (close == std::string_view::npos || close + 2 > declaration_bytes)
            return fail({ErrorCode::limit, "over the limit: an XML declaration of " +
                                               std::to_string(declaration_bytes) + " bytes"});
        const auto declared = read_declaration(rest().substr(opening.size(), close - opening.size()));
        if (!declared.well_formed) return malformed("the XML declaration has not the form that it must have");
        // 1.1 has other line ends and characters.
        if (declared.version != "1.0") return stop(ErrorCode::invalid, "the text is not XML 1.0"), Step::wait;
        at_ += close + 2;
    }
    where_ = Where::content;
    return Step::on;
}

// Everything between markup that may itself be long.
PushParser::State::Step PushParser::State::content() {
    while (!halted_) {
        if (at_ == end_) return Step::wait;
        Step step = Step::on;
        if (*at_ != '<') {
            step = text();
        } else if (at_ + 1 == end_) {
            return wait_for("a tag");
        } else if (at_[1] == '/') {
            step = end_tag();
        } else if (at_[1] == '!') {
            return declaration();
        } else if (at_[1] == '?') {
            return instruction_begins();
        } else {
            step = start_tag();
        }
        if (step == Step::wait) return step;
    }
    return Step::wait;
}

// The tag is read again when its '>' has come; where that is here already it can't have been read to it.
PushParser::State::Step PushParser::State::cut_tag() {
    if (last_) return wait_for("\">\"");
    open_tag_ = {};
    waiting_ = true;
    if (open_tag_complete(rest())) return malformed("a tag that ends before it is complete");
    return Step::wait;
}

// Whatever its values are written with; whether it came in one piece or in many makes no difference.
std::size_t PushParser::State::most_of_a_tag() const {
    return (limits_.attributes + 1) * (limits_.name_bytes + limits_.attribute_bytes);
}

PushParser::State::Step PushParser::State::too_long_a_tag() {
    return fail({ErrorCode::limit, "over the limit: a tag of " + std::to_string(most_of_a_tag()) + " bytes"});
}

bool PushParser::State::open_tag_complete(std::string_view more) {
    waiting_ = open_tag_.read(more) == more.size();
    if (open_tag_.count() > limits_.attributes)
        stop(ErrorCode::limit, too_many_attributes);
    else if (waiting_ && held_.size() > most_of_a_tag())
        too_long_a_tag();
    return !waiting_;
}

PushParser::State::Step PushParser::State::start_tag() {
    if (tags_.depth() == 0 && root_seen_) return malformed("a second root element");
    const TagReader::Outcome read = tags_.open(at_, end_);
    if (read == TagReader::Outcome::cut) return cut_tag();
    if (read == TagReader::Outcome::failed) return fail(tags_.problem());
    root_seen_ = true;
    if (static_cast<std::size_t>(tags_.past() - at_) > most_of_a_tag()) return too_long_a_tag();
    tag_begin_ = offset(at_);
    tag_end_ = offset(tags_.past());
    if (tags_.depth() > limits_.depth)
        return fail({ErrorCode::limit, "elements nest deeper than " + std::to_string(limits_.depth)});
    if (++elements_ > limits_.elements)
        return fail({ErrorCode::limit, "more than " + std::to_string(limits_.elements) + " elements"});
    at_ = tags_.past();
    if (tree_) tree_->start(tags_.tag(), line());
    const bool empty = tags_.is_empty();
    events_.start(tags_.tag());
    if (empty && !halted_) end_element();
    return Step::on;
}

PushParser::State::Step PushParser::State::end_tag() {
    const TagReader::Outcome read = tags_.close(at_, end_);
    if (read == TagReader::Outcome::cut) return cut_tag();
    if (read == TagReader::Outcome::failed) return fail(tags_.problem());
    if (static_cast<std::size_t>(tags_.past() - at_) > most_of_a_tag()) return too_long_a_tag();
    tag_begin_ = offset(at_);
    tag_end_ = offset(tags_.past());
    at_ = tags_.past();
    end_element();
    return Step::on;
}

void PushParser::State::end_element() {
    events_.end(tags_.depth());
    if (tree_) tree_->end();
    tags_.leave();
}

// "<!": a comment, a CDATA section, or a document type declaration.
PushParser::State::Step PushParser::State::declaration() {
    constexpr std::string_view comment = "<!--";
    constexpr std::string_view cdata = "<![CDATA[";
    constexpr std::string_view doctype = "<!DOCTYPE";
    const bool inside = tags_.depth() > 0;
    if (rest().starts_with(comment)) {
        if (!limits_.allow_comments_and_pis) return fail(refused("comments are not allowed"));
        at_ += comment.size();
        where_ = Where::comment;
        return Step::on;
    }
    if (inside && rest().starts_with(cdata)) {
        at_ += cdata.size();
        where_ = Where::cdata;
        told_ = false;
        return Step::on;
    }
    if (!root_seen_ && rest().starts_with(doctype))
        return fail(refused("a document type declaration (DTD) is not allowed"));
    for (const std::string_view known : {comment, cdata, doctype})
        if (cut_within(known)) return wait_for("what \"<!\" begins");
    return malformed("\"<!\" begins nothing that is allowed here");
}

PushParser::State::Step PushParser::State::instruction_begins() {
    if (!limits_.allow_comments_and_pis) return fail(refused("processing instructions are not allowed"));
    const char* const target = at_ + 2;
    const std::size_t size = name_size(target, end_);
    if (size > limits_.name_bytes)
        return fail({ErrorCode::limit, "over the configured limit: target name length"});
    if (target + size == end_) return wait_for("the target of a processing instruction");
    target_.assign(target, size);
    if (const char* const wrong = fault_in_target(target_)) return malformed(wrong);
    const char* const past = target + size;
    if (!is_space(*past)) {
        if (*past != '?') return malformed("the target of a processing instruction is no name");
        if (past + 1 == end_) return wait_for("\"?>\"");
        if (past[1] != '>') return malformed("the target of a processing instruction is no name");
    }
    at_ = past;
    where_ = Where::instruction;
    return Step::on;
}

void PushParser::State::tell(std::string_view text, bool cdata) {
    if (tree_) tree_->text(text, cdata);
    events_.text(text, cdata);
}

// Plain characters, and with them each ']' that is seen not to begin "]]>".
template <char... stops>
std::string_view PushParser::State::take_to_bracket() {
    const char* const from = at_;
    for (;;) {
        take_plain<stops...>();
        if (at_ == end_ || *at_ != ']' || rest().starts_with(cdata_end) || (cut_within(cdata_end) && !last_))
            break;
        ++at_;
    }
    return {from, static_cast<std::size_t>(at_ - from)};
}

PushParser::State::Step PushParser::State::text() {
    if (tags_.depth() == 0) {
        const char* const next = past_space(at_, end_);
        if (next == at_) return malformed("text outside of the root element");
        at_ = next;
        return Step::on;
    }
    if (const std::string_view plain = take_to_bracket<'<', '&', ']'>(); !plain.empty()) {
        tell(plain, false);
        return Step::on;
    }
    if (*at_ == '&') return reference();
    // Section 2.4.
    if (rest().starts_with(cdata_end)) return malformed("\"]]>\" in text");
    if (*at_ == ']') return wait_for("more text");
    return line_end("more text", [this](std::string_view end) { tell(end, false); });
}

// Nothing else ends a run of plain characters. Section 2.11: CR LF and CR are one LF.
template <typename Put>
PushParser::State::Step PushParser::State::line_end(std::string_view missing, Put put) {
    if (*at_ != '\r')
        return decode(at_, end_).cut
                   ? wait_for("the rest of a character")
                   : malformed("a character that XML does not allow, or bytes that are not UTF-8");
    if (at_ + 1 == end_) return wait_for(missing);
    ++at_;
    if (*at_ != '\n') put("\n");
    return Step::on;
}

PushParser::State::Step PushParser::State::reference() {
    const Reference read = read_reference(at_, end_);
    if (read.outcome == TagReader::Outcome::cut) return wait_for("the end of a reference");
    if (read.outcome == TagReader::Outcome::failed) return fail(read.fault());
    at_ = read.past;
    tell({read.bytes, read.size}, false);
    return Step::on;
}

PushParser::State::Step PushParser::State::in_cdata() {
    const auto tell_some = [this](std::string_view some) {
        told_ = true;
        tell(some, true);
    };
    if (const std::string_view plain = take_to_bracket<']'>(); !plain.empty()) {
        tell_some(plain);
        return Step::on;
    }
    if (at_ == end_ || cut_within(cdata_end)) return wait_for("\"]]>\"");
    if (!rest().starts_with(cdata_end)) return line_end("\"]]>\"", tell_some);
    at_ += cdata_end.size();
    where_ = Where::content;
    if (!told_) tell({}, true);
    return Step::on;
}

// Whether it is past the closing of a comment or processing instruction, of which nothing is told but for the
// tree.
template <char first>
bool PushParser::State::past_closing(std::string_view close) {
    const auto gather = [this](std::string_view some) {
        if (tree_) gathered_ += some;
    };
    for (;;) {
        gather(take_plain<first>());
        if (cut_within(close)) return wait_for("its end"), false;
        if (rest().starts_with(close)) {
            at_ += close.size();
            where_ = Where::content;
            return true;
        }
        if (*at_ != first) {
            if (line_end("its end", gather) == Step::wait) return false;
            continue;
        }
        // Section 2.5.
        if (first == '-' && rest().starts_with("--")) return malformed("\"--\" within a comment"), false;
        gather({at_, 1});
        ++at_;
    }
}

PushParser::State::Step PushParser::State::in_comment() {
    if (!past_closing<'-'>("-->")) return Step::wait;
    if (tree_) tree_->comment(std::exchange(gathered_, {}));
    events_.comment();
    return Step::on;
}

PushParser::State::Step PushParser::State::in_instruction() {
    if (!past_closing<'?'>("?>")) return Step::wait;
    if (tree_) {
        gathered_.erase(0, std::min(gathered_.find_first_not_of(" \t\n"), gathered_.size()));
        tree_->instruction(target_, std::exchange(gathered_, {}));
    }
    events_.instruction();
    return Step::on;
}

}  // namespace hutong::xml
