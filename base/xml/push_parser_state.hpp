// What a PushParser is made of: push_parser.cpp takes the bytes as they come, push_parser_markup.cpp knows
// XML. Only for these two.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/xml/characters.hpp"
#include "base/xml/guard.hpp"
#include "base/xml/push_parser.hpp"
#include "base/xml/tag_reader.hpp"
#include "base/xml/tree_grower.hpp"

namespace hutong::xml {

// What is not complete at the end of the bytes is held until more come. A tag that is held is not read again
// before its '>' has come, and everything else that is held is short, so that bytes that come one by one take
// no longer.
class PushParser::State {
  public:
    State(const Limits& limits, ParserEvents& events) : limits_(limits), events_(events), tags_(limits) {}

    Result<void> feed(std::string_view bytes);
    Result<void> finish();
    const char* name(std::string_view text) { return tags_.name(text); }
    void stop(ErrorCode code, std::string detail) {
        if (!error_) error_ = Error{code, "line " + std::to_string(line()) + ": " + std::move(detail)};
        halted_ = true;
    }
    void halt() { halted_ = true; }
    bool halted() const { return halted_; }
    std::size_t bytes_fed() const { return bytes_fed_; }
    int line();
    std::size_t tag_begin() const { return tag_begin_; }
    std::size_t tag_end() const { return tag_end_; }
    void grow_tree() { tree_.emplace(); }
    Document cut_tree() {
        if (!tree_) return {};
        Document tree = tree_->take();
        tree_.reset();
        return tree;
    }

  private:
    enum class Where { beginning, content, comment, instruction, cdata };
    enum class Step { on, wait };

    std::size_t read(std::string_view bytes, bool last);  // how many are done with
    Step step();
    Step beginning();
    Step content();
    Step start_tag();
    Step end_tag();
    Step declaration();
    Step instruction_begins();
    Step text();
    Step reference();
    Step in_comment();
    Step in_instruction();
    Step in_cdata();
    template <typename Put>
    Step line_end(std::string_view missing, Put put);
    template <char first>
    bool past_closing(std::string_view close);
    template <char... stops>
    std::string_view take_plain() {
        const char* const from = std::exchange(at_, past_plain<stops...>(at_, end_));
        return {from, static_cast<std::size_t>(at_ - from)};
    }
    template <char... stops>
    std::string_view take_to_bracket();
    // Whether the bytes end before it can be told if this stands here.
    bool cut_within(std::string_view what) const {
        return rest().size() < what.size() && what.starts_with(rest());
    }
    Step cut_tag();
    Step wait_for(std::string_view missing);
    Step malformed(const std::string& what);
    Step fail(const Error& problem);
    void tell(std::string_view text, bool cdata);
    void end_element();
    std::string_view rest() const { return {at_, static_cast<std::size_t>(end_ - at_)}; }
    std::size_t offset(const char* at) const { return offset_ + static_cast<std::size_t>(at - begin_); }
    bool open_tag_complete(std::string_view more);
    std::size_t most_of_a_tag() const;
    Step too_long_a_tag();

    const Limits& limits_;
    ParserEvents& events_;
    TagReader tags_;
    std::optional<TreeGrower> tree_;
    std::optional<Error> error_;
    bool halted_{false};
    Where where_{Where::beginning};
    bool root_seen_{false};
    std::size_t elements_{0};
    std::size_t bytes_fed_{0};
    std::size_t tag_begin_{0};
    std::size_t tag_end_{0};

    // The bytes that are read, and where in the text they begin.
    const char* begin_{nullptr};
    const char* at_{nullptr};
    const char* end_{nullptr};
    bool last_{false};
    std::size_t offset_{0};
    std::string held_;

    // Lines are counted when somebody asks, and when the bytes are left.
    const char* counted_{nullptr};
    int line_{1};
    std::size_t line_begin_{0};

    // Of the tag that is held.
    bool waiting_{false};
    AttributeCount open_tag_;

    bool told_{false};      // something of the CDATA section
    std::string target_;    // of the processing instruction
    std::string gathered_;  // of the comment or processing instruction, for the tree
};

}  // namespace hutong::xml
