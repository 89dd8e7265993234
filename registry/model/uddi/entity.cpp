#include "registry/model/uddi/entity.hpp"

#include <array>

#include "registry/model/uddi/xml_text.hpp"

namespace hutong::registry::uddi {

namespace {

struct KindRow {
    Kind kind;
    std::string_view stored, element, key, detail, parent, children;
};

constexpr std::array kinds{
    KindRow{Kind::business, "business", "businessEntity", "businessKey", "businessDetail", "",
            "businessServices"},
    KindRow{Kind::service, "service", "businessService", "serviceKey", "serviceDetail", "businessKey",
            "bindingTemplates"},
    KindRow{Kind::binding, "binding", "bindingTemplate", "bindingKey", "bindingDetail", "serviceKey", ""},
    KindRow{Kind::tmodel, "tmodel", "tModel", "tModelKey", "tModelDetail", "", ""},
};

const KindRow& row_of(Kind kind) {
    return kinds[static_cast<std::size_t>(kind)];
}

}  // namespace

std::string_view to_string(Kind kind) {
    return row_of(kind).stored;
}

Kind kind_from(std::string_view text) {
    for (const KindRow& row : kinds)
        if (row.stored == text) return row.kind;
    return Kind::tmodel;
}

std::string_view element_of(Kind kind) {
    return row_of(kind).element;
}

std::string_view key_name_of(Kind kind) {
    return row_of(kind).key;
}

std::string_view detail_of(Kind kind) {
    return row_of(kind).detail;
}

std::string_view to_string(Bag bag) {
    return bag == Bag::category ? "category" : "identifier";
}

std::string text_of(const EntityText& entity, const std::string& children) {
    const KindRow& row = row_of(entity.kind);
    const std::string tag(row.element);
    std::string text = "<" + tag + attribute(row.key, entity.key);
    if (!row.parent.empty()) text += attribute(row.parent, entity.parent);
    if (entity.hidden) text += attribute("deleted", "true");
    text += ">" + entity.lead + entity.names + entity.descriptions + entity.middle;
    if (!children.empty()) text += enclosed(row.children, children);
    return text + entity.tail + "</" + tag + ">";
}

}  // namespace hutong::registry::uddi
