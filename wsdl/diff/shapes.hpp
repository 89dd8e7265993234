// What the XSD types of a contract let through, flattened so that two contracts can be compared.
//
// XML Schema 1.0 part 1 (content models, section 3.8) and part 2 (facets, section 4.3). Substitution groups
// and xsi:type are not followed. Views into a Contract, which must outlive it; one thread.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "wsdl/model/contract.hpp"

namespace hutong::wsdl {

// A type by its declaration, or by its name alone where it is built in or unknown.
struct TypeRef {
    QName name;         // empty: anonymous
    xml::Element node;  // xs:complexType or xs:simpleType; empty: built in
    std::string ns{};   // what names without a prefix mean to it, if its schema has no namespace of its own
};

inline constexpr unsigned unbounded = ~0u;

// An element or attribute in the content of a type.
struct Field {
    QName name;
    bool attribute{false};
    bool in_choice{false};  // one of several that exclude each other
    bool nillable{false};
    unsigned least{1};
    unsigned most{1};
    std::optional<std::string> fixed{};
    TypeRef type{};
};

// The values of simple content.
struct Values {
    QName built_in;    // what they are restricted from
    std::string form;  // "list of …", "union of …"; empty: neither
    std::optional<std::set<std::string>> enumeration;
    std::map<std::string, std::string> facets;  // without enumeration; of several patterns all, in order
};

struct Shape {
    std::optional<Values> values;  // empty: it has no text of its own
    std::vector<Field> fields;     // in order
    bool ordered{true};            // false: xs:all
    bool open{false};              // xs:any
    bool mixed{false};
};

class Shapes {
  public:
    explicit Shapes(const Contract& contract) : contract_(contract) {}

    std::optional<Field> element(const QName& name) const;  // a global one
    TypeRef type(const QName& name) const;
    const Shape& of(const TypeRef& type);

    // A contract that was made to be endless is not looked at to its end.
    bool exhausted() const { return exhausted_; }

  private:
    struct Particle {
        unsigned least{1}, most{1};
        bool in_choice{false};
    };
    Field field_of(xml::Element element, const std::string& ns, Particle around) const;
    TypeRef type_of(xml::Element holder, const std::string& ns) const;  // by its attribute or inside it
    QName resolved(xml::Element at, const std::string& written, const std::string& ns) const;
    void read_complex(xml::Element type, const std::string& ns, Shape& into, unsigned depth);
    void read_content(xml::Element holder, const std::string& ns, Particle around, Shape& into,
                      unsigned depth);
    void read_particle(xml::Element particle, const std::string& ns, Particle around, Shape& into,
                       unsigned depth);
    void read_attribute(xml::Element attribute, const std::string& ns, Shape& into) const;
    void read_simple(xml::Element type, const std::string& ns, Values& into, unsigned depth);
    void read_base(const QName& base, Shape& into, unsigned depth);
    bool spend(unsigned depth);

    const Contract& contract_;
    std::map<std::pair<const void*, std::string>, Shape> known_;  // of declared types, by node and namespace
    std::map<QName, Shape> built_in_;
    std::size_t spent_{0};
    bool exhausted_{false};
};

}  // namespace hutong::wsdl
