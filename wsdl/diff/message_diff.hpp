// Compares what one message of an operation may hold by two contracts, from its parts down.
//
// Views into both contracts; one thread.
#pragma once

#include "wsdl/diff/contract_diff.hpp"
#include "wsdl/diff/shapes.hpp"

namespace hutong::wsdl {

// What was found, up to a number of changes and of things to look at.
class Findings {
  public:
    void add(std::string where, std::string what, Breaks breaks);  // what was said already is not said again
    bool afford(std::size_t comparisons);
    bool complete() const { return complete_; }  // false: there was too much to look at
    void incomplete() { complete_ = false; }
    std::vector<Change> take() { return std::move(changes_); }

  private:
    std::vector<Change> changes_;
    std::set<std::pair<std::string, std::string>> said_;
    std::size_t spent_{0};
    bool complete_{true};
};

// What the messages of a direction are compared with, and where the findings go.
struct Comparison {
    Shapes& from;
    Shapes& to;
    Findings& findings;
};

class MessageDiff {
  public:
    // `breaks` is what a consumer's code stumbles over in this direction: the request or the answer.
    MessageDiff(Comparison comparison, std::string place, Breaks breaks)
        : with_(comparison), place_(std::move(place)), breaks_(breaks) {}

    // Two elements of one name, or the types of two parts of one name.
    void compare(const Field& from, const Field& to);
    void told(const std::string& path, std::string what, bool is_break);

  private:
    struct Pair {
        TypeRef from, to;
        std::string path;
        unsigned depth;
    };
    bool is_request() const { return breaks_ == Breaks::request; }
    void compare_field(const std::string& path, const Field& from, const Field& to);
    void compare_shapes(const Pair& pair, const Shape& from, const Shape& to);
    void compare_elements(const Pair& pair, const Shape& from, const Shape& to);
    void compare_attributes(const Pair& pair, const Shape& from, const Shape& to);
    void compare_known(const Pair& pair, const Field& from, const Field* to);
    void told_new(const Pair& pair, const Field& field);
    void compare_order(const Pair& pair, const Shape& from, const Shape& to);
    void work_off();

    Comparison with_;
    std::string place_;
    Breaks breaks_;
    std::vector<Pair> waiting_;  // a list and no recursion: types may be nested without end
    std::set<std::pair<const Shape*, const Shape*>> seen_;
};

}  // namespace hutong::wsdl
