// A UDDI entity as a plain value: the pieces of text that answers are made of, and what finds ask for.
//
// UDDI v3.0.2 chapter 3. Where it comes from does not matter: read from a save request (entity_reader.hpp) or
// made from a published contract (technical_note.hpp). Values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hutong::registry::uddi {

// Stands where an address of ours begins, in views of the gateway's services.
inline constexpr std::string_view public_url_mark = "{public-url}";

enum class Kind { business, service, binding, tmodel };

std::string_view to_string(Kind kind);    // as the database has it
Kind kind_from(std::string_view text);    // of those only
std::string_view element_of(Kind kind);   // "businessEntity" …
std::string_view key_name_of(Kind kind);  // "businessKey" …
std::string_view detail_of(Kind kind);    // "businessDetail" …

struct Name {
    std::string text;
    std::string lang;  // lower case; empty: none
};

enum class Bag { category, identifier };
std::string_view to_string(Bag bag);

struct Reference {
    std::string tmodel;
    std::string name;
    std::string value;
    std::optional<unsigned> group{};  // the number of its keyedReferenceGroup within the bag
    std::string group_key{};
};

struct Bags {
    std::vector<Reference> categories;
    std::vector<Reference> identifiers;
    // Groups of a categoryBag that hold nothing, which have a tModelKey all the same.
    std::vector<std::string> empty_groups{};
};

struct DiscoveryUrl {
    std::string url;
    std::string use_type;
};

struct Entity {
    Kind kind{Kind::tmodel};
    std::string key;     // folded; empty: to be given by the registry
    std::string parent;  // businessKey of a service, serviceKey of a binding

    std::string lead, names, descriptions, middle, tail;

    std::vector<Name> name_rows;
    Bags bags;
    std::vector<std::string> instances;  // tModelKeys of a binding, in order
    std::vector<DiscoveryUrl> discovery_urls;
    std::string redirector;                  // bindingKey of a hostingRedirector
    std::vector<std::string> other_tmodels;  // referred to elsewhere: addresses
    bool has_signature{false};
    std::vector<Entity> children;

    // Of a service that stands inside a businessEntity of another key: a projection (section 3.4).
    bool projected{false};
    // Made from what the gateway routes by.
    std::string org{}, service{};
};

// Attributes and content together, `children` being text.
struct EntityText {
    Kind kind{Kind::tmodel};
    std::string key, parent;
    std::string lead, names, descriptions, middle, tail;
    bool hidden{false};
};
std::string text_of(const EntityText& entity, const std::string& children);

}  // namespace hutong::registry::uddi
