// The catalogue of government information resources (政务信息资源目录): every service that UDDI inquiry
// shows, with its core metadata, by theme, agency and region; and the search over it.
//
// GB/T 21063.3-2007: six mandatory and six optional elements; categories by GB/T 21063.4 and GB/T 2260. What
// the agency did not say in its own words is read from the registry's rows each time. Each question is one
// statement. Thread-safe as far as the pool is.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/pg/pool.hpp"
#include "registry/store/revisions.hpp"

namespace hutong::registry {

struct ResourceCategory {
    std::string code;
    std::string name;
};

struct ResourceEntry {
    std::string key;       // of the businessService
    std::string service;   // ORG/NAME; empty: no service of the gateway
    std::string agency;    // the organisation's id; empty: the registry itself
    std::string revision;  // of what the agency said; "0": nothing yet
    // Mandatory.
    std::string title;
    std::string abstract;
    std::string provider;
    std::string contact;
    std::vector<ResourceCategory> themes;
    std::vector<ResourceCategory> regions;
    std::string identifier;
    std::string metadata_identifier;
    // Optional; empty: there is none. Days as YYYY-MM-DD.
    std::string published;
    std::vector<std::string> keywords;
    std::string begins, ends;
    std::string online;
    std::string maintainer;
    std::string metadata_updated;
};

struct EntryList {
    std::vector<ResourceEntry> entries;
    std::string next;  // to go on after; empty: these were the last
};

struct EntryFilter {
    std::string theme;   // the beginning of a code
    std::string agency;  // an organisation's id
    std::string region;  // a GB/T 2260 code or its beginning; 330000 is all of the province
    std::string after;   // the `next` of a list before
    unsigned limit{50};
};

// A category with those below it; the count is of the entries in it and below.
struct CategoryNode {
    std::string code;
    std::string name;
    std::uint64_t count{0};
    std::vector<CategoryNode> children;
};

struct CataloguedAgency {
    std::string agency;
    std::string business;  // its businessKey
    std::string name;
    std::uint64_t count{0};
};

struct SearchHit {
    std::string key, service, agency, title, abstract;
    std::string matched;  // name | operation | element | description: the best part that holds all the words
};

struct SearchAnswer {
    std::vector<SearchHit> hits;
    bool truncated{false};
};

// What an agency may say, by the names that commands have for it; "" takes it back.
struct EntryField {
    std::string_view name;
    std::size_t most;  // bytes
};
std::span<const EntryField> entry_fields();

struct EntryChange {
    std::string id;
    Edit edit;
    std::map<std::string, std::string> fields;  // of entry_fields()
};

struct EditedEntry {
    ResourceEntry entry;  // as it is now
    std::optional<Replaced> replaced{};
};

class ResourceCatalogue {
  public:
    static constexpr unsigned most_entries = 200;  // of a list and of a search's hits
    static constexpr unsigned most_query_bytes = 200;
    static constexpr unsigned most_candidates = 1000;  // that a search puts in order

    // `public_url`: where the gateway's services are; asked on any thread.
    ResourceCatalogue(pg::Pool& pool, std::function<std::string()> public_url)
        : pool_(pool), public_url_(std::move(public_url)) {}

    // Error: invalid, for a limit or a code that is none.
    Awaitable<Result<EntryList>> list(EntryFilter filter);
    // `id`: a serviceKey or ORG/NAME. Error: not_found.
    Awaitable<Result<ResourceEntry>> entry(std::string id);
    Awaitable<Result<std::vector<CategoryNode>>> themes();
    Awaitable<Result<std::vector<CategoryNode>>> regions();
    Awaitable<Result<std::vector<CataloguedAgency>>> agencies();
    // Names before operations, data elements and descriptions. Error: invalid, when no word is in it.
    Awaitable<Result<SearchAnswer>> search(std::string text, unsigned limit);

    // One transaction. Errors: conflict, as of check_seen(); invalid, naming the field; not_found.
    Awaitable<Result<EditedEntry>> change(EntryChange change);

  private:
    pg::Pool& pool_;
    std::function<std::string()> public_url_;
};

// The tree of codes, each below the longest other one that it begins with; zeros in pairs at the end of a
// region's code are no part of the beginning. For tests.
std::vector<CategoryNode> tree_of(std::vector<CategoryNode> flat, bool regions);

}  // namespace hutong::registry
