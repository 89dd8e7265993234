#include "wsdl/diff/shapes.hpp"

#include <algorithm>
#include <charconv>
#include <sstream>

#include "wsdl/model/names.hpp"

namespace hutong::wsdl {

namespace {

constexpr std::size_t most_work = 200'000;  // particles and facets looked at
constexpr unsigned deepest = 100;           // types derived from types, groups in groups

unsigned occurrence(xml::Element element, const char* name) {
    const std::string text = element.attribute(name).value_or("1");
    if (text == "unbounded") return unbounded;
    unsigned number = 1;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

unsigned times(unsigned a, unsigned b) {
    if (a == 0 || b == 0) return 0;
    if (a == unbounded || b == unbounded || a > unbounded / b) return unbounded;
    return a * b;
}

xml::Element schema_of(xml::Element element) {
    while (element && !element.is(ns::xsd, "schema")) element = element.parent();
    return element;
}

bool is_true(xml::Element element, const char* name) {
    const std::string text = element.attribute(name).value_or("false");
    return text == "true" || text == "1";
}

xml::Element inline_type(xml::Element holder) {
    if (const xml::Element complex = holder.child(ns::xsd, "complexType")) return complex;
    return holder.child(ns::xsd, "simpleType");
}

}  // namespace

// Of two with one name, one remains that may come as often as both.
void Elements::add(Field field) {
    const auto [at, fresh] = index_.try_emplace(field.name, all_.size());
    if (fresh) {
        open_.back().inside.push_back({all_.size()});
        all_.push_back(std::move(field));
        return;
    }
    Field& known = all_[at->second];
    const bool endless = known.most == unbounded || field.most > unbounded - known.most;
    known.most = endless ? unbounded : known.most + field.most;
    known.least = std::max(known.least, field.least);
}

const Field* Elements::find(const QName& name) const {
    const auto found = index_.find(name);
    return found == index_.end() ? nullptr : &all_[found->second];
}

void Elements::clear() {
    *this = Elements();
}

void Elements::open_group(bool any_order) {
    open_.push_back({0, any_order});
}

void Elements::close_group() {
    Position group = std::move(open_.back());
    open_.pop_back();
    if (!group.inside.empty()) open_.back().inside.push_back(std::move(group));
}

// A choice may stand in the order of the other side. So the second is brought into the order of the first as
// far as its choices let it, then the first into that one.
Elements::Order Elements::compare_order(const Elements& from, const Elements& to) {
    const auto now = to.ranked(to.open_.front(), from.index_);
    if (now.size() < 2) return Order::none;
    Ranks places;
    for (std::size_t i = 0; i < now.size(); ++i) places.emplace(from.all_[now[i]].name, i);
    return std::ranges::is_sorted(from.ranked(from.open_.front(), places)) ? Order::same : Order::another;
}

std::vector<std::size_t> Elements::ranked(const Position& place, const Ranks& ranks) const {
    std::vector<std::size_t> all;
    if (place.inside.empty()) {
        if (place.element >= all_.size()) return all;
        const auto found = ranks.find(all_[place.element].name);
        if (found != ranks.end()) all.push_back(found->second);
        return all;
    }
    std::vector<std::vector<std::size_t>> branches;
    for (const Position& one : place.inside)
        if (auto branch = ranked(one, ranks); !branch.empty()) branches.push_back(std::move(branch));
    const auto first = [](const std::vector<std::size_t>& branch) {
        return *std::ranges::min_element(branch);
    };
    if (place.any_order) std::ranges::stable_sort(branches, {}, first);
    for (const auto& branch : branches) all.insert(all.end(), branch.begin(), branch.end());
    return all;
}

bool Shapes::spend(unsigned depth) {
    if (++spent_ > most_work || depth > deepest) exhausted_ = true;
    return !exhausted_;
}

// Inside a chameleon, names without a namespace mean the one it was included into.
QName Shapes::resolved(xml::Element at, const std::string& written, const std::string& ns) const {
    auto name = at.resolve(written);
    if (!name) return {};
    if (name->ns.empty() && !schema_of(at).attribute("targetNamespace")) name->ns = ns;
    return std::move(*name);
}

TypeRef Shapes::type(const QName& name) const {
    const auto* found = contract_.schemas.find(ComponentKind::type, name);
    if (found == nullptr) return {name, {}, {}};
    return {name, found->node.element, name.ns};
}

TypeRef Shapes::type_of(xml::Element holder, const std::string& ns) const {
    if (const auto written = holder.attribute("type")) return type(resolved(holder, *written, ns));
    if (const xml::Element inside = inline_type(holder)) return {{}, inside, ns};
    return {{std::string(ns::xsd), "anyType"}, {}, {}};
}

std::optional<Field> Shapes::element(const QName& name) const {
    const auto* found = contract_.schemas.find(ComponentKind::element, name);
    if (found == nullptr) return std::nullopt;
    Field field;
    field.name = name;
    field.nillable = is_true(found->node.element, "nillable");
    field.fixed = found->node.element.attribute("fixed");
    field.type = type_of(found->node.element, name.ns);
    return field;
}

Field Shapes::field_of(xml::Element element, const std::string& ns, Particle around) const {
    Field field;
    if (const auto reference = element.attribute("ref")) {
        const QName name = resolved(element, *reference, ns);
        if (auto global = this->element(name)) field = std::move(*global);
        field.name = name;
    } else {
        const xml::Element schema = schema_of(element);
        const std::string form =
            element.attribute("form").value_or(schema.attribute("elementFormDefault").value_or(""));
        field.name.local = element.attribute("name").value_or("");
        if (form == "qualified") field.name.ns = ns;
        field.nillable = is_true(element, "nillable");
        field.fixed = element.attribute("fixed");
        field.type = type_of(element, ns);
    }
    field.least = around.least;
    field.most = around.most;
    field.in_choice = around.in_choice;
    return field;
}

const Shape& Shapes::of(const TypeRef& type) {
    if (!type.node) {
        const auto [known, fresh] = built_in_.try_emplace(type.name);
        if (fresh && type.name == QName{std::string(ns::xsd), "anyType"}) {
            known->second.open = known->second.mixed = true;
        } else if (fresh) {
            known->second.values.emplace();
            known->second.values->built_in = type.name;
        }
        return known->second;
    }
    const auto [known, fresh] = known_.try_emplace({type.node.raw(), type.ns});
    if (!fresh) return known->second;
    Shape shape;
    if (type.node.local() == "simpleType") {
        shape.values.emplace();
        read_simple(type.node, type.ns, *shape.values, 0);
    } else {
        read_complex(type.node, type.ns, shape, 0);
    }
    return known->second = std::move(shape);
}

void Shapes::read_complex(xml::Element type, const std::string& ns, Shape& into, unsigned depth) {
    if (!spend(depth)) return;
    into.mixed = into.mixed || is_true(type, "mixed");
    for (const char* kind : {"complexContent", "simpleContent"}) {
        const xml::Element content = type.child(ns::xsd, kind);
        if (!content) continue;
        into.mixed = into.mixed || is_true(content, "mixed");
        for (const xml::Element derived : content.children()) {
            if (derived.ns() != ns::xsd || derived.local() == "annotation") continue;
            const QName base = resolved(derived, derived.attribute("base").value_or(""), ns);
            const bool restricts = derived.local() == "restriction";
            read_base(base, into, depth + 1);
            // A restriction says all its elements again, and of attributes and facets what changes.
            if (restricts) into.elements.clear();
            if (restricts && into.values) read_simple(content, ns, *into.values, depth + 1);
            read_content(derived, ns, {}, into, depth + 1);
        }
        return;
    }
    read_content(type, ns, {}, into, depth);
}

void Shapes::read_base(const QName& base, Shape& into, unsigned depth) {
    if (!spend(depth)) return;
    const TypeRef known = type(base);
    if (!known.node) {
        if (base == QName{std::string(ns::xsd), "anyType"}) return;
        into.values.emplace();
        into.values->built_in = base;
    } else if (known.node.local() == "simpleType") {
        into.values.emplace();
        read_simple(known.node, known.ns, *into.values, depth + 1);
    } else {
        read_complex(known.node, known.ns, into, depth + 1);
    }
}

// The particles and attributes right below a type, a derivation or a group.
void Shapes::read_content(xml::Element holder, const std::string& ns, Particle around, Shape& into,
                          unsigned depth) {
    for (const xml::Element child : holder.children()) {
        if (child.ns() != ns::xsd || !spend(depth)) continue;
        if (child.local() == "attribute") {
            read_attribute(child, ns, into);
        } else if (child.local() == "attributeGroup") {
            const QName name = resolved(child, child.attribute("ref").value_or(""), ns);
            if (const auto* group = contract_.schemas.find(ComponentKind::attribute_group, name))
                read_content(group->node.element, name.ns, around, into, depth + 1);
        } else {
            read_particle(child, ns, around, into, depth);
        }
    }
}

void Shapes::read_particle(xml::Element particle, const std::string& ns, Particle around, Shape& into,
                           unsigned depth) {
    if (!spend(depth)) return;
    const std::string_view kind = particle.local();
    around.least = times(around.least, occurrence(particle, "minOccurs"));
    around.most = times(around.most, occurrence(particle, "maxOccurs"));
    if (kind == "element") {
        Field field = field_of(particle, ns, around);
        if (field.most != 0) into.elements.add(std::move(field));
    } else if (kind == "any") {
        into.open = true;
    } else if (kind == "group") {
        const QName name = resolved(particle, particle.attribute("ref").value_or(""), ns);
        if (const auto* group = contract_.schemas.find(ComponentKind::group, name))
            read_content(group->node.element, name.ns, around, into, depth + 1);
    } else if (kind == "sequence" || kind == "all" || kind == "choice") {
        if (kind == "all") into.ordered = false;
        const auto particles = particle.children();
        const auto branches = std::ranges::count_if(
            particles, [](xml::Element one) { return one.ns() == ns::xsd && one.local() != "annotation"; });
        if (kind == "choice" && branches > 1) {
            around.least = 0;
            around.in_choice = true;
        }
        into.elements.open_group(kind == "choice");
        for (const xml::Element child : particles)
            if (child.ns() == ns::xsd) read_particle(child, ns, around, into, depth + 1);
        into.elements.close_group();
    }
}

void Shapes::read_attribute(xml::Element attribute, const std::string& ns, Shape& into) const {
    Field field;
    field.attribute = true;
    xml::Element declared = attribute;
    std::string own = ns;
    if (const auto reference = attribute.attribute("ref")) {
        field.name = resolved(attribute, *reference, ns);
        if (const auto* global = contract_.schemas.find(ComponentKind::attribute, field.name)) {
            declared = global->node.element;
            own = field.name.ns;
        }
    } else {
        field.name.local = attribute.attribute("name").value_or("");
        const std::string form = attribute.attribute("form").value_or(
            schema_of(attribute).attribute("attributeFormDefault").value_or(""));
        if (form == "qualified") field.name.ns = ns;
    }
    const std::string use = attribute.attribute("use").value_or("optional");
    if (use == "prohibited") {
        into.attributes.erase(field.name);
        return;
    }
    field.least = use == "required" ? 1 : 0;
    field.fixed = attribute.attribute("fixed") ? attribute.attribute("fixed") : declared.attribute("fixed");
    if (declared.attribute("type") || inline_type(declared))
        field.type = type_of(declared, own);
    else
        field.type = {{std::string(ns::xsd), "anySimpleType"}, {}, {}};
    QName name = field.name;
    into.attributes.insert_or_assign(std::move(name), std::move(field));  // a restriction says it again
}

Values Shapes::simple(const TypeRef& type, unsigned depth) {
    Values values;
    if (!spend(depth)) return values;
    if (type.node && type.node.local() == "simpleType")
        read_simple(type.node, type.ns, values, depth);
    else
        values.built_in = type.name;
    return values;
}

// `type` is an xs:simpleType, or an xs:simpleContent whose base has been read already.
void Shapes::read_simple(xml::Element type, const std::string& ns, Values& into, unsigned depth) {
    if (!spend(depth)) return;
    if (const xml::Element list = type.child(ns::xsd, "list")) {
        into.form = Values::Form::list;
        if (const auto item = list.attribute("itemType"))
            into.members.push_back(simple(this->type(resolved(list, *item, ns)), depth + 1));
        else
            into.members.push_back(simple({{}, list.child(ns::xsd, "simpleType"), ns}, depth + 1));
        return;
    }
    if (const xml::Element choice = type.child(ns::xsd, "union")) {
        into.form = Values::Form::one_of;
        std::istringstream words(choice.attribute("memberTypes").value_or(""));
        for (std::string word; words >> word;)
            into.members.push_back(simple(this->type(resolved(choice, word, ns)), depth + 1));
        for (const xml::Element inside : choice.children(ns::xsd, "simpleType"))
            into.members.push_back(simple({{}, inside, ns}, depth + 1));
        return;
    }
    const xml::Element restriction = type.child(ns::xsd, "restriction");
    if (!restriction) return;
    const bool of_content = type.local() == "simpleContent";
    if (const auto base = restriction.attribute("base"); base && !of_content) {
        const QName name = resolved(restriction, *base, ns);
        const TypeRef known = this->type(name);
        if (known.node && known.node.local() == "simpleType")
            read_simple(known.node, known.ns, into, depth + 1);
        else
            into.built_in = name;
    } else if (const xml::Element inside = restriction.child(ns::xsd, "simpleType")) {
        read_simple(inside, ns, into, depth + 1);
    }
    std::set<std::string> values;
    std::string patterns;
    for (const xml::Element facet : restriction.children()) {
        if (facet.ns() != ns::xsd || !facet.attribute("value") || !spend(depth)) continue;
        const std::string value = *facet.attribute("value");
        if (facet.local() == "enumeration")
            values.insert(value);
        else if (facet.local() == "pattern")
            patterns += (patterns.empty() ? "" : " | ") + value;
        else
            into.facets[std::string(facet.local())] = value;
    }
    if (!values.empty()) into.enumeration = std::move(values);
    if (!patterns.empty()) into.facets["pattern"] += (into.facets["pattern"].empty() ? "" : " & ") + patterns;
}

}  // namespace hutong::wsdl
