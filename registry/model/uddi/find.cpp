#include "registry/model/uddi/find.hpp"

#include <charconv>

#include "registry/model/uddi/entity_reader.hpp"
#include "registry/model/uddi/xml_text.hpp"

namespace hutong::registry::uddi {

namespace {

// The schema has it that they are xs:int.
std::optional<int> number_in(const xml::Element& element, std::string_view name) {
    const auto text = element.attribute(name);
    if (!text) return std::nullopt;
    std::string digits = collapsed(*text);
    if (digits.starts_with('+')) digits.erase(0, 1);
    int value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

OrFault<Window> read_window(const xml::Element& element) {
    Window window;
    if (const auto most = number_in(element, "maxRows")) {
        if (*most < 0) return Fault(failure::invalid_value, "maxRows must not be negative.");
        window.most = static_cast<unsigned>(*most);
    }
    if (const auto head = number_in(element, "listHead")) {
        if (*head < 1) return Fault(failure::invalid_value, "listHead counts from 1.");
        window.head = static_cast<unsigned>(*head);
    }
    return window;
}

}  // namespace

OrFault<RelatedTo> read_related(const xml::Element& element) {
    RelatedTo related;
    HUTONG_ASSIGN(related.qualifiers, read_qualifiers(element));
    HUTONG_ASSIGN(related.window, read_window(element));
    related.as_from = !element.child(ns, "toKey");
    related.as_to = !element.child(ns, "fromKey");
    for (const std::string_view name : {"businessKey", "fromKey", "toKey"})
        if (const xml::Element key = element.child(ns, name)) related.key = fold_key(key.text());
    if (const xml::Element reference = element.child(ns, "keyedReference"))
        related.relationship = read_reference(reference);
    return related;
}

OrFault<Find> read_find(const xml::Element& element, Kind kind) {
    Find find;
    find.kind = kind;
    HUTONG_ASSIGN(find.qualifiers, read_qualifiers(element));
    HUTONG_ASSIGN(find.window, read_window(element));
    find.within = key_attribute(element, kind == Kind::service ? "businessKey" : "serviceKey");
    find.names = read_names(element);
    for (const Name& name : find.names)
        if (name.text.size() > 4 * 255)
            return Fault(failure::name_too_long, "name has more than 255 characters.");
    find.bags = read_bags(element);
    if (const xml::Element bag = element.child(ns, "tModelBag"))
        for (const xml::Element key : bag.children(ns, "tModelKey"))
            find.tmodels.push_back(fold_key(key.text()));
    if (const xml::Element embedded = element.child(ns, "find_tModel")) {
        HUTONG_ASSIGN(Find inner, read_find(embedded, Kind::tmodel));
        find.tmodels_found = std::make_shared<const Find>(std::move(inner));
    }
    if (const xml::Element urls = element.child(ns, "discoveryURLs"))
        for (const xml::Element url : urls.children(ns, "discoveryURL"))
            find.discovery_urls.push_back(
                {collapsed(url.text()), collapsed(url.attribute("useType").value_or(""))});
    if (const xml::Element embedded = element.child(ns, "find_relatedBusinesses")) {
        HUTONG_ASSIGN(RelatedTo related, read_related(embedded));
        find.related = std::move(related);
    }
    return find;
}

}  // namespace hutong::registry::uddi
