#include "wsdl/diff/message_diff.hpp"

#include "wsdl/diff/values_diff.hpp"

namespace hutong::wsdl {

namespace {

constexpr std::size_t most_changes = 1000;
constexpr std::size_t most_comparisons = 1'000'000;
constexpr unsigned deepest = 100;

std::string path_of(const std::string& above, const Field& field) {
    return above + "/" + (field.attribute ? "@" : "") + field.name.local;
}

std::string kind_of(const Field& field) {
    return field.attribute ? "attribute" : "element";
}

std::string times(unsigned count) {
    if (count == unbounded) return "any number of times";
    return count == 1 ? "once" : std::to_string(count) + " times";
}

}  // namespace

void Findings::add(std::string where, std::string what, Breaks breaks) {
    if (changes_.size() >= most_changes) {
        complete_ = false;
    } else if (said_.emplace(where, what).second) {
        changes_.push_back({std::move(where), std::move(what), breaks});
    }
}

bool Findings::afford(std::size_t comparisons) {
    if (comparisons > most_comparisons - spent_) {
        complete_ = false;
        return false;
    }
    spent_ += comparisons;
    return true;
}

void MessageDiff::told(const std::string& path, std::string what, bool is_break) {
    with_.findings.add(path.empty() ? place_ : place_ + " " + path, std::move(what),
                       is_break ? breaks_ : Breaks::nothing);
}

void MessageDiff::compare(const Field& from, const Field& to) {
    const std::string path = path_of("", to);
    compare_field(path, from, to);
    waiting_.push_back({from.type, to.type, path, 0});
    work_off();
}

void MessageDiff::work_off() {
    while (!waiting_.empty()) {
        const Pair pair = std::move(waiting_.back());
        waiting_.pop_back();
        const Shape& from = with_.from.of(pair.from);
        const Shape& to = with_.to.of(pair.to);
        if (!seen_.insert({&from, &to}).second) continue;
        if (pair.depth > deepest || with_.from.exhausted() || with_.to.exhausted()) {
            with_.findings.incomplete();
            return;
        }
        // Paths are made for each field, and names may be long.
        const std::size_t fields =
            from.elements.size() + from.attributes.size() + to.elements.size() + to.attributes.size() + 1;
        const std::size_t values =
            (from.values ? weight(*from.values) : 0) + (to.values ? weight(*to.values) : 0);
        if (!with_.findings.afford(fields * (1 + pair.path.size() / 100) + values)) return;
        compare_shapes(pair, from, to);
    }
}

// How often it may come, and whether it may be nil.
void MessageDiff::compare_field(const std::string& path, const Field& from, const Field& to) {
    const std::string kind = kind_of(to);
    if (from.least == 0 && to.least > 0) told(path, kind + " made mandatory", is_request());
    if (from.least > 0 && to.least == 0) told(path, kind + " made optional", !is_request());
    if (from.least > 0 && to.least > 0 && from.least != to.least)
        told(path, "must come at least " + times(to.least) + ", not " + times(from.least),
             is_request() == (to.least > from.least));
    if (from.most != to.most)
        told(path, "may come " + times(to.most) + ", not " + times(from.most),
             is_request() == (to.most < from.most));
    if (!from.in_choice && to.in_choice)
        told(path, "is one of a choice now, which excludes the others", is_request());
    if (from.nillable != to.nillable)
        told(path, to.nillable ? "may be nil now" : "must not be nil any more", is_request() != to.nillable);
    if (from.fixed != to.fixed) {
        if (to.fixed) told(path, "must be " + *to.fixed + " now", is_request() || from.fixed);
        if (!to.fixed) told(path, "need not be " + *from.fixed + " any more", !is_request());
    }
}

void MessageDiff::compare_shapes(const Pair& pair, const Shape& from, const Shape& to) {
    if (from.values && to.values) {
        for (const ValueChange& change : changes_of_values(*from.values, *to.values))
            told(pair.path, change.what, is_request() ? change.fewer : change.more);
    } else if (from.values.has_value() != to.values.has_value()) {
        const bool opened = to.open && to.mixed;  // xs:anyType takes everything
        told(pair.path, to.values ? "has text instead of content" : "has content instead of text",
             !(is_request() && opened));
    }
    if (from.open != to.open)
        told(pair.path, to.open ? "any further element is possible now" : "no further elements are possible",
             is_request() != to.open);
    if (from.mixed != to.mixed)
        told(pair.path, to.mixed ? "text between its elements is possible now" : "no text between elements",
             is_request() != to.mixed);
    compare_elements(pair, from, to);
    compare_attributes(pair, from, to);
    compare_order(pair, from, to);
}

void MessageDiff::compare_elements(const Pair& pair, const Shape& from, const Shape& to) {
    for (const Field& field : from.elements) compare_known(pair, field, to.elements.find(field.name));
    for (const Field& field : to.elements)
        if (from.elements.find(field.name) == nullptr) told_new(pair, field);
}

void MessageDiff::compare_attributes(const Pair& pair, const Shape& from, const Shape& to) {
    for (const auto& [name, field] : from.attributes) {
        const auto now = to.attributes.find(name);
        compare_known(pair, field, now == to.attributes.end() ? nullptr : &now->second);
    }
    for (const auto& [name, field] : to.attributes)
        if (!from.attributes.contains(name)) told_new(pair, field);
}

// `to`: null when it is not there any more.
void MessageDiff::compare_known(const Pair& pair, const Field& from, const Field* to) {
    const std::string path = path_of(pair.path, from);
    if (to == nullptr) {
        told(path, kind_of(from) + " removed", true);
        return;
    }
    compare_field(path, from, *to);
    waiting_.push_back({from.type, to->type, path, pair.depth + 1});
}

void MessageDiff::told_new(const Pair& pair, const Field& field) {
    const bool needed = field.least > 0;
    told(path_of(pair.path, field), (needed ? "new mandatory " : "new optional ") + kind_of(field), needed);
}

void MessageDiff::compare_order(const Pair& pair, const Shape& from, const Shape& to) {
    const Elements::Order order = Elements::compare_order(from.elements, to.elements);
    if (order == Elements::Order::none) return;
    if (from.ordered != to.ordered) {
        told(pair.path, to.ordered ? "its elements have an order now" : "its elements come in any order now",
             is_request() == to.ordered);
    } else if (to.ordered && order == Elements::Order::another) {
        told(pair.path, "its elements come in another order", true);
    }
}

}  // namespace hutong::wsdl
