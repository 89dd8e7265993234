// Reads a contract from disk: the main file and what it imports by relative path.
#include <algorithm>
#include <fstream>
#include <optional>
#include <sstream>

#include "wsdl/model/closure.hpp"
#include "wsdl/model/location.hpp"
#include "wsdl/model/names.hpp"
#include "wsdl/model/source_text.hpp"
#include "wsdl/reader.hpp"

namespace hutong::wsdl {

namespace {

namespace fs = std::filesystem;

// How many folders above the main file a contract may begin. Published contracts climb up to four; further up
// lies somebody else's data.
constexpr int highest_climb = 4;

// The folder the files must be in: the main file's, climbed, but never the root of the file system.
fs::path allowed_root(const fs::path& main_file) {
    fs::path root = main_file.parent_path();
    for (int i = 0; i < highest_climb && root.parent_path().has_relative_path(); ++i)
        root = root.parent_path();
    return root;
}

bool is_within(const fs::path& file, const fs::path& root) {
    return std::mismatch(root.begin(), root.end(), file.begin(), file.end()).first == root.end();
}

class Loader {
  public:
    Loader(fs::path main_file, const config::Wsdl& limits)
        : main_(std::move(main_file)), root_(allowed_root(main_)), limits_(limits) {}

    Result<Bundle> run() {
        HUTONG_TRY(take(main_, true));
        for (std::size_t i = 0; i < waiting_.size(); ++i) {
            const fs::path file = waiting_[i];
            for (const Target& target : targets_of(file)) {
                HUTONG_TRY(take(target.file, false));
                if (texts_.contains(target.file)) peaks_.push_back(target.peak);
            }
        }
        return bundle();
    }

  private:
    struct Target {
        fs::path file;
        fs::path peak;  // the highest folder on the way to it
    };

    // Takes a file into the contract if it may be read and is a WSDL or a schema: a contract that names a key
    // or a password file must not publish it.
    Result<void> take(const fs::path& file, bool is_main) {
        if (texts_.contains(file)) return {};
        std::error_code error;
        if (!is_main && (!is_within(file, root_) || !fs::is_regular_file(file, error))) return {};
        const auto size = fs::file_size(file, error);
        if (error) return not_found(file.string() + ": " + error.message());
        if (total_ + size > limits_.max_bundle_bytes)
            return Error{ErrorCode::limit, file.string() +
                                               ": the contract is larger than wsdl.max_bundle_bytes (" +
                                               std::to_string(limits_.max_bundle_bytes) + ")"};
        std::ifstream in(file, std::ios::binary);
        std::ostringstream text;
        text << in.rdbuf();
        if (!in) return unavailable(file.string() + ": cannot be read");
        auto [links, recognised] = links_in(text.str());
        if (!recognised && !is_main) return {};
        if (texts_.size() >= limits_.max_files)
            return Error{ErrorCode::limit, main_.string() + ": the contract has more than " +
                                               std::to_string(limits_.max_files) +
                                               " files; raise wsdl.max_files"};
        total_ += size;
        texts_[file] = text.str();
        links_[file] = std::move(links);
        waiting_.push_back(file);
        return {};
    }

    std::pair<std::vector<std::string>, bool> links_in(const std::string& bytes) const {
        std::vector<std::string> links;
        const auto source = source_text(bytes);
        if (!source) return {links, looks_like_contract(bytes)};
        const auto document = xml::parse(source->utf8, parser_limits(limits_));
        // A broken schema comes along: the finding about it is worth more than its absence.
        if (!document) return {links, looks_like_contract(source->utf8)};
        const xml::Element root = document->root();
        if (!root.is(ns::wsdl, "definitions") && !root.is(ns::xsd, "schema")) return {links, false};
        for (const auto& [kind, element] : link_elements(root)) links.push_back(location_of(kind, element));
        return {links, true};
    }

    static bool looks_like_contract(std::string_view text) {
        const std::string_view head = text.substr(0, 4096);
        return head.find(ns::wsdl) != head.npos || head.find(ns::xsd) != head.npos;
    }

    // Absolute locations are looked for where a mirror keeps them, below the file that names them.
    std::vector<Target> targets_of(const fs::path& file) const {
        std::vector<Target> result;
        const fs::path folder = file.parent_path();
        for (const std::string& location : links_.at(file)) {
            if (location.empty()) continue;
            // Resolved against the whole path, so that ".." is judged by is_within and not by locate().
            const Location target = locate(file.relative_path().generic_string(), location);
            if (target.kind == Location::Kind::outside || target.path.empty()) continue;
            const fs::path path = target.kind == Location::Kind::absolute ? main_.parent_path() / target.path
                                                                          : fs::path("/") / target.path;
            std::error_code error;
            const fs::path real = fs::canonical(path, error);
            if (!error) result.push_back({real, peak_of(folder, location)});
        }
        return result;
    }

    // "../../ver10/x.xsd" may lead down again into the folder it climbed out of; the bundle must begin above
    // that.
    static fs::path peak_of(const fs::path& folder, const std::string& location) {
        fs::path at = folder;
        fs::path peak = folder;
        for (const fs::path& segment : fs::path(percent_decode(location))) {
            at = segment == ".." ? at.parent_path() : at / segment;
            if (segment == ".." && !is_within(at, peak)) peak = at;
        }
        return peak;
    }

    // Paths are relative to the lowest folder that holds all files and the ways between them, so the identity
    // of a contract does not depend on where it lies.
    Bundle bundle() const {
        fs::path base = main_.parent_path();
        for (const auto& [file, text] : texts_)
            while (!is_within(file, base)) base = base.parent_path();
        for (const fs::path& peak : peaks_)
            while (!is_within(peak, base)) base = base.parent_path();
        Bundle result;
        for (const auto& [file, text] : texts_)
            result.files[file.lexically_relative(base).generic_string()] = text;
        result.main = main_.lexically_relative(base).generic_string();
        return result;
    }

    fs::path main_;
    fs::path root_;
    const config::Wsdl& limits_;
    std::uint64_t total_{0};
    std::map<fs::path, std::string> texts_;
    std::map<fs::path, std::vector<std::string>> links_;
    std::vector<fs::path> waiting_;
    std::vector<fs::path> peaks_;
};

}  // namespace

Result<Bundle> load_bundle(const std::filesystem::path& main_file, const config::Wsdl& limits) {
    std::error_code error;
    const fs::path canonical = fs::canonical(main_file, error);
    if (error) return not_found(main_file.string() + ": " + error.message() + "; name a WSDL file");
    if (!fs::is_regular_file(canonical, error))
        return invalid(main_file.string() + ": not a file; name a WSDL file");
    return Loader(canonical, limits).run();
}

}  // namespace hutong::wsdl
