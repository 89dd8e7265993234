#include "wsdl/diff/values_diff.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>

#include "wsdl/model/names.hpp"

namespace hutong::wsdl {

namespace {

// The built-in types by what they are derived from (part 2, section 3); every value is also a string.
struct Derived {
    std::string_view type, base;
};
constexpr std::array derived{
    Derived{"string", "anySimpleType"},
    Derived{"normalizedString", "string"},
    Derived{"token", "normalizedString"},
    Derived{"language", "token"},
    Derived{"Name", "token"},
    Derived{"NMTOKEN", "token"},
    Derived{"NCName", "Name"},
    Derived{"ID", "NCName"},
    Derived{"decimal", "string"},
    Derived{"integer", "decimal"},
    Derived{"nonPositiveInteger", "integer"},
    Derived{"negativeInteger", "nonPositiveInteger"},
    Derived{"nonNegativeInteger", "integer"},
    Derived{"positiveInteger", "nonNegativeInteger"},
    Derived{"unsignedLong", "nonNegativeInteger"},
    Derived{"unsignedInt", "unsignedLong"},
    Derived{"unsignedShort", "unsignedInt"},
    Derived{"unsignedByte", "unsignedShort"},
    Derived{"long", "integer"},
    Derived{"int", "long"},
    Derived{"short", "int"},
    Derived{"byte", "short"},
    Derived{"double", "string"},
    Derived{"float", "double"},
    Derived{"boolean", "string"},
    Derived{"date", "string"},
    Derived{"dateTime", "string"},
    Derived{"time", "string"},
    Derived{"duration", "string"},
    Derived{"gYear", "string"},
    Derived{"gYearMonth", "string"},
    Derived{"gMonthDay", "string"},
    Derived{"anyURI", "string"},
    Derived{"base64Binary", "string"},
    Derived{"hexBinary", "string"},
};

bool is_within(const QName& type, const QName& base) {
    if (type.ns != ns::xsd || base.ns != ns::xsd) return false;
    std::string_view at = type.local;
    while (at != base.local) {
        const auto row = std::ranges::find(derived, at, &Derived::type);
        if (row == derived.end()) return false;
        at = row->base;
    }
    return true;
}

std::string shown(const QName& name) {
    return name.ns == ns::xsd ? "xs:" + name.local : name.text();
}

std::string shown(const Values& values) {
    if (values.form == Values::Form::list) return "a list";
    if (values.form == Values::Form::one_of)
        return "a union of " + std::to_string(values.members.size()) + " types";
    return shown(values.built_in);
}

std::string shown(const std::set<std::string>& values) {
    constexpr std::size_t most = 10;
    std::string text;
    std::size_t count = 0;
    for (const std::string& value : values) {
        if (++count > most) return text + " and " + std::to_string(values.size() - most) + " more";
        text += (text.empty() ? "" : ", ") + value;
    }
    return text;
}

std::set<std::string> without(const std::set<std::string>& all, const std::set<std::string>& these) {
    std::set<std::string> left;
    std::ranges::set_difference(all, these, std::inserter(left, left.end()));
    return left;
}

std::optional<double> number(const std::string& text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

// Facets by which way fewer values are let through; whatever else changes may do both.
int tightens_upwards(const std::string& facet) {
    if (facet == "minLength" || facet == "minInclusive" || facet == "minExclusive") return 1;
    if (facet == "maxLength" || facet == "maxInclusive" || facet == "maxExclusive" ||
        facet == "totalDigits" || facet == "fractionDigits")
        return -1;
    return 0;
}

ValueChange facet_change(const std::string& facet, const std::string* from, const std::string* to) {
    if (from == nullptr) return {facet + " is " + *to + " now", true, false};
    if (to == nullptr) return {facet + " " + *from + " is gone", false, true};
    ValueChange change{facet + " was " + *from + " and is " + *to, true, true};
    const int way = tightens_upwards(facet);
    const auto before = number(*from), after = number(*to);
    if (way == 0 || !before || !after) return change;
    if (*before == *after) return {};
    change.fewer = (*after > *before) == (way > 0);
    change.more = !change.fewer;
    return change;
}

void compare_enumerations(const Values& from, const Values& to, std::vector<ValueChange>& changes) {
    if (from.enumeration && !to.enumeration) {
        changes.push_back({"any value is possible now, not only " + shown(*from.enumeration), false, true});
    } else if (!from.enumeration && to.enumeration) {
        changes.push_back({"only these values are left: " + shown(*to.enumeration), true, false});
    } else if (from.enumeration) {
        const auto removed = without(*from.enumeration, *to.enumeration);
        const auto added = without(*to.enumeration, *from.enumeration);
        if (!removed.empty()) changes.push_back({"values removed: " + shown(removed), true, false});
        if (!added.empty()) changes.push_back({"values added: " + shown(added), false, true});
    }
}

}  // namespace

std::size_t weight(const Values& values) {
    std::size_t sum = 1 + values.facets.size() + (values.enumeration ? values.enumeration->size() : 0);
    for (const Values& member : values.members) sum += weight(member);
    return sum;
}

std::vector<ValueChange> changes_of_values(const Values& from, const Values& to) {
    std::vector<ValueChange> changes;
    if (from.form != to.form || from.members.size() != to.members.size())
        return {{"the type was " + shown(from) + " and is " + shown(to), true, true}};
    // Members of a union that only changed places count as changed: which one takes a value is told by order.
    const std::string whose =
        from.form == Values::Form::list ? "of its items, " : "of a member of the union, ";
    for (std::size_t i = 0; i < from.members.size(); ++i)
        for (ValueChange& change : changes_of_values(from.members[i], to.members[i])) {
            change.what = whose + change.what;
            changes.push_back(std::move(change));
        }
    if (from.built_in != to.built_in) {
        const bool more = is_within(from.built_in, to.built_in);
        const bool fewer = is_within(to.built_in, from.built_in);
        changes.push_back(
            {"the type was " + shown(from.built_in) + " and is " + shown(to.built_in), !more, !fewer});
    }
    compare_enumerations(from, to, changes);
    std::set<std::string> facets;
    for (const auto& [name, value] : from.facets) facets.insert(name);
    for (const auto& [name, value] : to.facets) facets.insert(name);
    facets.erase("whiteSpace");
    for (const std::string& name : facets) {
        const auto before = from.facets.find(name), after = to.facets.find(name);
        const std::string* was = before == from.facets.end() ? nullptr : &before->second;
        const std::string* is = after == to.facets.end() ? nullptr : &after->second;
        if (was != nullptr && is != nullptr && *was == *is) continue;
        if (const ValueChange change = facet_change(name, was, is); change.fewer || change.more)
            changes.push_back(change);
    }
    return changes;
}

}  // namespace hutong::wsdl
