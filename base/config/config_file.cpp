// hutong.toml to Config and back; both walk the list in fields.hpp.
#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include <toml++/toml.h>

#include "base/config/config.hpp"
#include "base/config/fields.hpp"

namespace hutong::config {

namespace {

std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t above = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
            diagonal = above;
        }
    }
    return row[b.size()];
}

std::string nearest(std::string_view key, const std::set<std::string>& known) {
    const auto best = std::min_element(known.begin(), known.end(), [&](const auto& a, const auto& b) {
        return distance(key, a) < distance(key, b);
    });
    return best == known.end() ? std::string() : *best;
}

// Reads every key of the list from a parsed file; collects the first error and the keys it knows.
class Reader {
  public:
    Reader(const toml::table& table, std::string_view file) : root_(table), file_(file) {}

    void section(std::string_view name, std::string_view) {
        section_ = std::string(name);
        known_[section_];
        const toml::node* node = name.empty() ? &root_ : root_.get(name);
        current_ = node == nullptr ? nullptr : node->as_table();
        if (node != nullptr && current_ == nullptr) fail(*node, "[" + section_ + "] must be a table");
        if (!name.empty()) known_[""].insert(section_);
    }

    template <class T>
    void field(std::string_view key, T& member, std::string_view) {
        known_[section_].insert(std::string(key));
        if (current_ == nullptr) return;
        if (const toml::node* node = current_->get(key)) take(*node, key, member);
    }

    Result<void> finish() {
        if (!error_) check_unknown(root_, "");
        for (const auto& [key, node] : root_)
            if (!error_ && node.is_table()) check_unknown(*node.as_table(), std::string(key.str()));
        if (error_) return *error_;
        return {};
    }

  private:
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
    void take(const toml::node& node, std::string_view key, double& member) {
        if (const auto value = node.value<double>(); value && *value >= 0)
            member = *value;
        else
            fail(node, full(key) + " must be a number, 0 or more");
    }
    void take(const toml::node& node, std::string_view key, bool& member) {
        if (const auto value = node.value_exact<bool>())
            member = *value;
        else
            fail(node, full(key) + " must be true or false");
    }
    template <class T>
    requires std::is_unsigned_v<T>
    void take(const toml::node& node, std::string_view key, T& member) {
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
    void take(const toml::node& node, std::string_view key, std::vector<std::string>& member) {
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
class Writer {
  public:
    void section(std::string_view name, std::string_view comment) {
        out_ << (out_.str().empty() ? "" : "\n") << "# " << comment << "\n";
        if (!name.empty()) out_ << "[" << name << "]\n";
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
    void put(bool value) { out_ << (value ? "true" : "false"); }
    void put(double value) { out_ << toml::value<double>(value); }
    template <class T>
    requires std::is_unsigned_v<T>
    void put(T value) { out_ << value; }
    template <class Rep, class Period>
    void put(std::chrono::duration<Rep, Period> value) {
        out_ << value.count();
    }
    void put(const std::vector<std::string>& values) {
        out_ << "[";
        for (std::size_t i = 0; i < values.size(); ++i) {
            out_ << (i == 0 ? "" : ", ");
            put(values[i]);
        }
        out_ << "]";
    }

    std::ostringstream out_;
};

}  // namespace

Result<Config> parse(std::string_view text, std::string_view name) {
    toml::table table;
    try {
        table = toml::parse(text, name);
    } catch (const toml::parse_error& e) {
        return invalid(std::string(name) + " line " + std::to_string(e.source().begin.line) + ": " +
                       std::string(e.description()));
    }
    Config config;
    Reader reader(table, name);
    walk(reader, config);
    HUTONG_TRY(reader.finish());
    if (auto valid = config.validate(); valid.has_error()) return valid.error().at(name);
    return config;
}

Result<Config> load(const std::filesystem::path& file) {
    if (!std::filesystem::exists(file)) return Config{};
    std::ifstream in(file, std::ios::binary);
    if (!in) return invalid(file.string() + ": cannot be read; check its owner and mode");
    std::ostringstream text;
    text << in.rdbuf();
    return parse(text.str(), file.string());
}

std::string default_file(const Config& config) {
    Writer writer;
    walk(writer, config);
    return "# Hutong. Unknown keys are refused; after a change: hutong config check, then send SIGHUP.\n\n" +
           writer.text();
}

}  // namespace hutong::config
