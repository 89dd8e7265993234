// Walks a list of fields (section, key, member, comment) over a TOML file: strictly in, commented out.
//
// A list is a function template that calls section(), field() and choice() of its visitor for all there is;
// base/config/fields.hpp is one. An unknown key is an error that names the line and the nearest known key.
// Of one document and one thread.
#pragma once

#include <array>
#include <chrono>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <toml++/toml.h>

#include "base/nearest.hpp"
#include "base/result.hpp"
#include "base/xml/document.hpp"

namespace hutong::config {

// The values of an enumeration and how they are written.
template <class E, std::size_t count>
using Names = std::array<std::pair<E, std::string_view>, count>;

// Error: invalid, with the line and what is wrong there.
Result<toml::table> parse_toml(std::string_view text, std::string_view name);

// Reads every key of the list from a parsed file; collects the first error and the keys it knows.
class FieldReader {
  public:
    FieldReader(const toml::table& table, std::string_view file) : root_(table), file_(file) {}

    void section(std::string_view name, std::string_view) {
        section_ = std::string(name);
        known_[section_];
        const toml::node* node = name.empty() ? &root_ : root_.at_path(name).node();
        current_ = node == nullptr ? nullptr : node->as_table();
        if (node != nullptr && current_ == nullptr) fail(*node, "[" + section_ + "] must be a table");
        // "a.b" is a key of "a".
        const std::size_t dot = name.rfind('.');
        const bool nested = dot != std::string_view::npos;
        if (!name.empty())
            known_[nested ? section_.substr(0, dot) : ""].insert(nested ? section_.substr(dot + 1)
                                                                        : section_);
    }

    template <class T>
    void field(std::string_view key, T& member, std::string_view) {
        if (const toml::node* node = find(key)) take(*node, key, member);
    }

    // A key that stands elsewhere now: whoever still gives it must be told where, whatever its value.
    void moved(std::string_view key, std::string_view where) {
        if (current_ == nullptr) return;
        if (const toml::node* node = current_->get(key))
            fail(*node, full(key) + " is no longer known; take it out, and where it is needed write " +
                            std::string(where));
    }

    // A member with a name for each of its values.
    template <class E, std::size_t count>
    void choice(std::string_view key, E& member, const Names<E, count>& names, std::string_view) {
        const toml::node* const node = find(key);
        if (node == nullptr) return;
        std::string all;
        for (const auto& [value, name] : names) {
            if (node->value_exact<std::string>() == name) {
                member = value;
                return;
            }
            all += (all.empty() ? "" : ", ") + std::string(name);
        }
        fail(*node, full(key) + " must be one of " + all);
    }

    // A table for each name; `walk(visitor, value)` lists the fields of one.
    template <class T, class Walk>
    void tables(std::string_view name, std::map<std::string, T>& member, std::string_view, Walk walk) {
        section(name, {});
        if (current_ == nullptr) return;
        member.clear();
        for (const auto& [key, node] : *current_) {
            const std::string one(key.str());
            known_[section_].insert(one);
            const toml::table* const table = node.as_table();
            if (table == nullptr) return fail(node, "[" + full(one) + "] must be a table");
            FieldReader reader(*table, file_);
            reader.section("", {});
            walk(reader, member[one]);
            if (const auto done = reader.finish(); done.has_error() && !error_) error_ = done.error();
        }
    }

    Result<void> finish() {
        if (!error_) check_unknown(root_, "");
        for (const auto& [section, keys] : known_)
            if (const toml::table* table = root_.at_path(section).as_table();
                !error_ && table && !section.empty())
                check_unknown(*table, section);
        if (error_) return *error_;
        return {};
    }

  private:
    const toml::node* find(std::string_view key) {
        known_[section_].insert(std::string(key));
        return current_ == nullptr ? nullptr : current_->get(key);
    }
    void fail(const toml::node& node, std::string text) {
        if (!error_)
            error_ = invalid(std::string(file_) + " line " + std::to_string(node.source().begin.line) + ": " +
                             std::move(text));
    }
    std::string full(std::string_view key) const {
        return section_.empty() ? std::string(key) : section_ + "." + std::string(key);
    }

    void check_unknown(const toml::table& table, const std::string& section) {
        const std::set<std::string>& known = known_[section];
        for (const auto& [key, node] : table) {
            const std::string name(key.str());
            if (error_ || known.contains(name)) continue;
            const std::string path = section.empty() ? name : section + "." + name;
            const std::string near = nearest(name, known);
            error_ = invalid(std::string(file_) + " line " + std::to_string(key.source().begin.line) +
                             ": unknown key \"" + path + "\"; the nearest known one is \"" +
                             (section.empty() ? near : section + "." + near) + "\"");
        }
    }

    void take(const toml::node& node, std::string_view key, std::string& member) {
        if (const auto value = node.value_exact<std::string>())
            member = *value;
        else
            fail(node, full(key) + " must be a text in quotes");
    }
    void take(const toml::node& node, std::string_view key, bool& member) {
        if (const auto value = node.value_exact<bool>())
            member = *value;
        else
            fail(node, full(key) + " must be true or false");
    }
    void take(const toml::node& node, std::string_view key, double& member) {
        if (const auto value = node.value<double>(); value && *value >= 0)
            member = *value;
        else
            fail(node, full(key) + " must be a number, 0 or more");
    }
    template <class T>
    requires(std::is_unsigned_v<T> && !std::is_same_v<T, bool>) void take(const toml::node& node,
                                                                          std::string_view key, T& member) {
        const auto value = node.value_exact<std::int64_t>();
        if (value && *value >= 0 && static_cast<std::uint64_t>(*value) <= std::numeric_limits<T>::max())
            member = static_cast<T>(*value);
        else
            fail(node, full(key) + " must be a whole number, 0 or more");
    }
    template <class Rep, class Period>
    void take(const toml::node& node, std::string_view key, std::chrono::duration<Rep, Period>& member) {
        std::uint32_t value = 0;
        take(node, key, value);
        member = std::chrono::duration<Rep, Period>(value);
    }
    template <class T>
    void take(const toml::node& node, std::string_view key, std::optional<T>& member) {
        take(node, key, member.emplace());
    }
    void take(const toml::node& node, std::string_view key,
              std::map<std::string, std::vector<std::string>>& member) {
        const toml::table* const table = node.as_table();
        if (table == nullptr) return fail(node, full(key) + " must be a table of lists of texts");
        member.clear();
        for (const auto& [name, list] : *table) take(list, key, member[std::string(name.str())]);
    }
    void take(const toml::node& node, std::string_view key, std::map<std::string, std::string>& member) {
        const toml::table* const table = node.as_table();
        if (table == nullptr) return fail(node, full(key) + " must be a table of texts");
        member.clear();
        for (const auto& [name, text] : *table)
            take(text, std::string(key) + "." + std::string(name.str()), member[std::string(name.str())]);
    }
    // A qualified name is written "{namespace}local".
    void take(const toml::node& node, std::string_view key, xml::QName& member) {
        std::string text;
        take(node, key, text);
        const std::size_t brace = text.find('}');
        if (text.size() < 4 || text[0] != '{' || brace == std::string::npos || brace + 1 == text.size())
            return fail(node, full(key) + ": \"" + text + "\" is not written {namespace}name");
        member = {text.substr(1, brace - 1), text.substr(brace + 1)};
    }
    template <class T>
    void take(const toml::node& node, std::string_view key, std::vector<T>& member) {
        const toml::array* const array = node.as_array();
        if (array == nullptr) return fail(node, full(key) + " must be a list of texts");
        member.clear();
        for (const toml::node& item : *array) take(item, key, member.emplace_back());
    }

    const toml::table& root_;
    std::string_view file_;
    std::string section_;
    const toml::table* current_{nullptr};
    std::map<std::string, std::set<std::string>> known_;
    std::optional<Error> error_;
};

// Writes the list as a commented file.
class FieldWriter {
  public:
    void section(std::string_view name, std::string_view comment) {
        out_ << (out_.str().empty() ? "" : "\n") << "# " << comment << "\n";
        if (!name.empty()) out_ << "[" << name << "]\n";
    }
    template <class T>
    void field(std::string_view key, const std::optional<T>& member, std::string_view comment) {
        if (member) field(key, *member, comment);
    }
    template <class T, class Walk>
    void tables(std::string_view name, const std::map<std::string, T>& member, std::string_view comment,
                Walk walk) {
        out_ << "\n# " << comment << " [" << name << ".NAME]\n";
        for (const auto& [one, value] : member) {
            out_ << "[" << name << "." << toml::value<std::string>(one) << "]\n";
            walk(*this, value);
        }
    }
    void moved(std::string_view, std::string_view) {}
    template <class E, std::size_t count>
    void choice(std::string_view key, E member, const Names<E, count>& names, std::string_view comment) {
        for (const auto& [value, name] : names)
            if (value == member) field(key, std::string(name), comment);
    }
    template <class T>
    void field(std::string_view key, const T& member, std::string_view comment) {
        out_ << key << " = ";
        put(member);
        out_ << "    # " << comment << "\n";
    }
    std::string text() const { return out_.str(); }

  private:
    void put(const std::string& value) { out_ << toml::value<std::string>(value); }
    void put(const std::map<std::string, std::vector<std::string>>& lists) {
        out_ << "{";
        const char* between = " ";
        for (const auto& [name, list] : lists) {
            out_ << between;
            put(name);
            out_ << " = ";
            put(list);
            between = ", ";
        }
        out_ << (lists.empty() ? "}" : " }");
    }
    void put(const std::map<std::string, std::string>& texts) {
        out_ << "{";
        const char* between = " ";
        for (const auto& [name, text] : texts) {
            out_ << between;
            put(name);
            out_ << " = ";
            put(text);
            between = ", ";
        }
        out_ << (texts.empty() ? "}" : " }");
    }
    void put(bool value) { out_ << (value ? "true" : "false"); }
    void put(const xml::QName& name) { put("{" + name.ns + "}" + name.local); }
    void put(double value) { out_ << toml::value<double>(value); }
    template <class T>
    requires(std::is_unsigned_v<T> && !std::is_same_v<T, bool>) void put(T value) { out_ << value; }
    template <class Rep, class Period>
    void put(std::chrono::duration<Rep, Period> value) {
        out_ << value.count();
    }
    template <class T>
    void put(const std::vector<T>& values) {
        out_ << "[";
        for (std::size_t i = 0; i < values.size(); ++i) {
            out_ << (i == 0 ? "" : ", ");
            put(values[i]);
        }
        out_ << "]";
    }

    std::ostringstream out_;
};

}  // namespace hutong::config
