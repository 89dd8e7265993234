#include "wsdl/model/well_known.hpp"

#include "wsdl/model/names.hpp"

namespace hutong::wsdl {

namespace {

struct Known {
    std::string_view ns;
    std::string_view text;
};

// Written from the specifications: XML 1.0 section 2.10 and 2.12, XML Base, xml:id; "Describing Media Content
// of Binary Data in XML" (2005); XOP section 2.1; WS-I Attachments Profile 1.0 section 4.4; and the one
// element of the schema for schemas that .NET DataSets refer to.
constexpr Known known[] = {
    {ns::xml, R"(<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"
    targetNamespace="http://www.w3.org/XML/1998/namespace">
  <xs:attribute name="lang"><xs:simpleType><xs:union memberTypes="xs:language"><xs:simpleType>
    <xs:restriction base="xs:string"><xs:enumeration value=""/></xs:restriction></xs:simpleType></xs:union>
  </xs:simpleType></xs:attribute>
  <xs:attribute name="space"><xs:simpleType><xs:restriction base="xs:NCName"><xs:enumeration value="default"/>
    <xs:enumeration value="preserve"/></xs:restriction></xs:simpleType></xs:attribute>
  <xs:attribute name="base" type="xs:anyURI"/>
  <xs:attribute name="id" type="xs:ID"/>
  <xs:attributeGroup name="specialAttrs"><xs:attribute ref="xml:base"/><xs:attribute ref="xml:lang"/>
    <xs:attribute ref="xml:space"/><xs:attribute ref="xml:id"/></xs:attributeGroup>
</xs:schema>)"},
    {ns::xmime, R"(<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"
    xmlns:xmime="http://www.w3.org/2005/05/xmlmime" targetNamespace="http://www.w3.org/2005/05/xmlmime">
  <xs:attribute name="contentType"><xs:simpleType><xs:restriction base="xs:string"><xs:minLength value="3"/>
    </xs:restriction></xs:simpleType></xs:attribute>
  <xs:attribute name="expectedContentTypes" type="xs:string"/>
  <xs:complexType name="base64Binary"><xs:simpleContent><xs:extension base="xs:base64Binary">
    <xs:attribute ref="xmime:contentType"/></xs:extension></xs:simpleContent></xs:complexType>
  <xs:complexType name="hexBinary"><xs:simpleContent><xs:extension base="xs:hexBinary">
    <xs:attribute ref="xmime:contentType"/></xs:extension></xs:simpleContent></xs:complexType>
</xs:schema>)"},
    {ns::xop,
     R"(<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xop="http://www.w3.org/2004/08/xop/include"
    targetNamespace="http://www.w3.org/2004/08/xop/include" elementFormDefault="qualified">
  <xs:element name="Include" type="xop:Include"/>
  <xs:complexType name="Include"><xs:sequence><xs:any namespace="##other" processContents="lax" minOccurs="0"
    maxOccurs="unbounded"/></xs:sequence><xs:attribute name="href" type="xs:anyURI" use="required"/>
    <xs:anyAttribute namespace="##other" processContents="lax"/></xs:complexType>
</xs:schema>)"},
    {ns::swaref, R"(<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"
    targetNamespace="http://ws-i.org/profiles/basic/1.1/xsd">
  <xs:simpleType name="swaRef"><xs:restriction base="xs:anyURI"/></xs:simpleType>
</xs:schema>)"},
    {ns::xsd,
     R"(<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.w3.org/2001/XMLSchema">
  <xs:element name="schema"><xs:complexType><xs:sequence><xs:any minOccurs="0" maxOccurs="unbounded"
    processContents="skip"/></xs:sequence><xs:anyAttribute processContents="skip"/></xs:complexType></xs:element>
</xs:schema>)"},
};

}  // namespace

std::string_view well_known_schema(std::string_view ns) {
    for (const Known& candidate : known)
        if (candidate.ns == ns) return candidate.text;
    return {};
}

}  // namespace hutong::wsdl
