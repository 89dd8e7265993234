#include "base/xml/push_parser.hpp"

#include "base/xml/push_parser_state.hpp"

namespace hutong::xml {

int PushParser::State::line() {
    if (counted_ < at_) {
        const std::string_view passed(counted_, static_cast<std::size_t>(at_ - counted_));
        if (const std::size_t lines = count_line_feeds(counted_, at_); lines > 0) {
            line_ += static_cast<int>(lines);
            line_begin_ = offset(counted_) + passed.rfind('\n') + 1;
        }
        counted_ = at_;
    }
    return line_;
}

PushParser::State::Step PushParser::State::fail(const Error& problem) {
    const bool invalid = problem.code == ErrorCode::invalid;
    const int line = this->line();
    if (!error_)
        error_ =
            Error{problem.code, "line " + std::to_string(line) +
                                    (invalid ? ", column " + std::to_string(offset(at_) - line_begin_ + 1) +
                                                   ": not well-formed XML: "
                                             : ": ") +
                                    problem.detail};
    halted_ = true;
    return Step::wait;
}

PushParser::State::Step PushParser::State::malformed(const std::string& what) {
    return fail(invalid(what));
}

// More bytes are needed, which there may be.
PushParser::State::Step PushParser::State::wait_for(std::string_view missing) {
    return last_ ? malformed("the text ends where " + std::string(missing) + " should follow") : Step::wait;
}

Result<void> PushParser::State::feed(std::string_view bytes) {
    bytes_fed_ += bytes.size();
    if (!error_ && bytes_fed_ > limits_.bytes)
        error_ =
            Error{ErrorCode::limit, "the message is longer than " + std::to_string(limits_.bytes) + " bytes"};
    if (!error_ && !halted_ && !bytes.empty()) {
        if (held_.empty() && !waiting_) {
            held_ = bytes.substr(read(bytes, false));
        } else {
            const std::size_t held = held_.size();
            held_ += bytes;
            if (!waiting_ || open_tag_complete(std::string_view(held_).substr(held))) {
                held_.erase(0, read(held_, false));
            }
        }
    }
    if (error_) return *error_;
    return {};
}

Result<void> PushParser::State::finish() {
    if (!error_ && !halted_) {
        waiting_ = false;
        read(held_, true);
        if (!halted_ && (!root_seen_ || tags_.depth() > 0))
            malformed(root_seen_ ? "the text ends before its root element does" : "the text has no element");
    }
    if (error_) return *error_;
    return {};
}

std::size_t PushParser::State::read(std::string_view bytes, bool last) {
    begin_ = at_ = counted_ = bytes.data();
    end_ = begin_ + bytes.size();
    last_ = last;
    while (!halted_ && step() == Step::on) {
    }
    line();
    const auto done = static_cast<std::size_t>(at_ - begin_);
    offset_ += done;
    begin_ = at_ = counted_ = end_ = nullptr;
    return done;
}

PushParser::State::Step PushParser::State::step() {
    switch (where_) {
        case Where::beginning:
            return beginning();
        case Where::content:
            return content();
        case Where::comment:
            return in_comment();
        case Where::instruction:
            return in_instruction();
        case Where::cdata:
            return in_cdata();
    }
    return Step::wait;
}

PushParser::PushParser(const Limits& limits, ParserEvents& events)
    : state_(std::make_unique<State>(limits, events)) {}
PushParser::~PushParser() = default;

Result<void> PushParser::feed(std::string_view bytes) {
    return state_->feed(bytes);
}
Result<void> PushParser::finish() {
    return state_->finish();
}
void PushParser::stop(ErrorCode code, std::string detail) {
    state_->stop(code, std::move(detail));
}
void PushParser::halt() {
    state_->halt();
}
bool PushParser::halted() const {
    return state_->halted();
}
int PushParser::line() const {
    return state_->line();
}
std::size_t PushParser::bytes_fed() const {
    return state_->bytes_fed();
}
std::size_t PushParser::tag_begin() const {
    return state_->tag_begin();
}
std::size_t PushParser::tag_end() const {
    return state_->tag_end();
}
void PushParser::grow_tree() {
    state_->grow_tree();
}
Document PushParser::cut_tree() {
    return state_->cut_tree();
}
const char* PushParser::name(std::string_view text) {
    return state_->name(text);
}

}  // namespace hutong::xml
