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
    enum class Form { atomic, list, one_of };
    QName built_in;  // what they are restricted from, where atomic
    Form form{Form::atomic};
    std::vector<Values> members;  // of a list what its items are, of a union each member
    std::optional<std::set<std::string>> enumeration;
    std::map<std::string, std::string> facets;  // without enumeration; of several patterns all, in order
};

// Where elements stand: one of them, or a group of such places in order, or (a choice) in any.
struct Position {
    std::size_t element{0};  // its index, where there is nothing inside
    bool any_order{false};
    std::vector<Position> inside{};
};

// Elements by name, each once: of two with one name, as in (a, b, a), the first one remains.
class Elements {
  public:
    void add(Field field);
    const Field* find(const QName& name) const;
    void clear();
    std::size_t size() const { return all_.size(); }
    auto begin() const { return all_.begin(); }
    auto end() const { return all_.end(); }

    // What is added until the group is closed stands in it.
    void open_group(bool any_order);
    void close_group();
    enum class Order { none, same, another };  // none: fewer than two are in both
    // Whether those that both have come in one order; that of branches of a choice, in either, is none.
    static Order compare_order(const Elements& from, const Elements& to);

  private:
    using Ranks = std::map<QName, std::size_t>;
    // The ranks of those that have one, as they come; branches of a choice by what is ranked first in each.
    std::vector<std::size_t> ranked(const Position& place, const Ranks& ranks) const;

    std::vector<Field> all_;
    Ranks index_;
    std::vector<Position> open_{1};  // the groups that are open, the outermost first
};

struct Shape {
    std::optional<Values> values;  // empty: it has no text of its own
    Elements elements;
    std::map<QName, Field> attributes;
    bool ordered{true};  // false: xs:all
    bool open{false};    // xs:any
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
    Values simple(const TypeRef& type, unsigned depth);
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
