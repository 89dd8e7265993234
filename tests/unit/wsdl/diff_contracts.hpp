// What the tests of contract diffs share: a contract to be bent in one place, and what is expected of the
// two.
#pragma once

#include <algorithm>

#include <cppunit/extensions/HelperMacros.h>

#include "contracts.hpp"
#include "wsdl/diff/contract_diff.hpp"

namespace hutong::wsdl::test {

// A registration office: one type used on both ways, an extension, a choice, a list, attributes, an import.
inline const std::string office = R"(<?xml version="1.0" encoding="UTF-8"?>
<wsdl:definitions name="Office" targetNamespace="urn:office" xmlns:t="urn:office"
    xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
    xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <wsdl:types>
    <xs:schema targetNamespace="urn:office" elementFormDefault="qualified">
      <xs:include schemaLocation="kinds.xsd"/>
      <xs:complexType name="Person"><xs:sequence>
        <xs:element name="name" type="xs:string"/>
        <xs:element name="born" type="xs:date" minOccurs="0"/>
        <xs:element name="child" type="t:Person" minOccurs="0" maxOccurs="3"/>
      </xs:sequence><xs:attribute name="source" type="xs:token"/></xs:complexType>
      <xs:complexType name="Company"><xs:complexContent><xs:extension base="t:Person"><xs:sequence>
        <xs:element name="kind" type="t:Kind"/>
        <xs:choice><xs:element name="phone" type="xs:string"/><xs:element name="mail" type="xs:string"/></xs:choice>
        <xs:element name="capital" type="t:Money"/>
      </xs:sequence></xs:extension></xs:complexContent></xs:complexType>
      <xs:element name="Register"><xs:complexType><xs:sequence>
        <xs:element name="company" type="t:Company"/></xs:sequence></xs:complexType></xs:element>
      <xs:element name="RegisterResponse"><xs:complexType><xs:sequence>
        <xs:element name="number" type="t:Number"/><xs:element name="until" type="xs:date"/>
        <xs:element name="state" type="t:State"/></xs:sequence></xs:complexType></xs:element>
      <xs:element name="Find" type="xs:string"/>
      <xs:element name="FindResponse"><xs:complexType><xs:sequence>
        <xs:element name="company" type="t:Company" maxOccurs="unbounded"/></xs:sequence></xs:complexType></xs:element>
    </xs:schema>
  </wsdl:types>
  <wsdl:message name="RegisterIn"><wsdl:part name="body" element="t:Register"/></wsdl:message>
  <wsdl:message name="RegisterOut"><wsdl:part name="body" element="t:RegisterResponse"/></wsdl:message>
  <wsdl:message name="FindIn"><wsdl:part name="body" element="t:Find"/></wsdl:message>
  <wsdl:message name="FindOut"><wsdl:part name="body" element="t:FindResponse"/></wsdl:message>
  <wsdl:portType name="OfficePort">
    <wsdl:operation name="Register">
      <wsdl:input message="t:RegisterIn"/><wsdl:output message="t:RegisterOut"/></wsdl:operation>
    <wsdl:operation name="Find">
      <wsdl:input message="t:FindIn"/><wsdl:output message="t:FindOut"/></wsdl:operation>
  </wsdl:portType>
  <wsdl:binding name="OfficeBinding" type="t:OfficePort">
    <soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
    <wsdl:operation name="Register"><soap:operation soapAction=""/>
      <wsdl:input><soap:body use="literal"/></wsdl:input><wsdl:output><soap:body use="literal"/></wsdl:output>
    </wsdl:operation>
    <wsdl:operation name="Find"><soap:operation soapAction=""/>
      <wsdl:input><soap:body use="literal"/></wsdl:input><wsdl:output><soap:body use="literal"/></wsdl:output>
    </wsdl:operation>
  </wsdl:binding>
  <wsdl:service name="OfficeService"><wsdl:port name="OfficePort" binding="t:OfficeBinding">
    <soap:address location="http://backend.example/office"/></wsdl:port></wsdl:service>
</wsdl:definitions>
)";

// A chameleon: it takes the namespace of whoever includes it.
inline const std::string kinds = R"(<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:simpleType name="Kind"><xs:restriction base="xs:string">
    <xs:enumeration value="company"/><xs:enumeration value="shop"/></xs:restriction></xs:simpleType>
  <xs:simpleType name="State"><xs:restriction base="xs:token">
    <xs:enumeration value="new"/><xs:enumeration value="done"/></xs:restriction></xs:simpleType>
  <xs:simpleType name="Number"><xs:restriction base="xs:string">
    <xs:maxLength value="18"/><xs:pattern value="[0-9A-Z]+"/></xs:restriction></xs:simpleType>
  <xs:complexType name="Money"><xs:simpleContent><xs:extension base="xs:int">
    <xs:attribute name="currency" type="xs:string" use="required"/></xs:extension></xs:simpleContent></xs:complexType>
</xs:schema>
)";

inline Bundle bundle(const std::string& main, const std::string& included = kinds) {
    return bundle_of(main, {{"kinds.xsd", included}});
}

// `any`: only that something breaks.
inline void expect_between(const Bundle& from, const Bundle& to, std::vector<std::string> lines,
                           bool any = false) {
    const auto changes = changes_between(from, to).value();
    if (any) {
        CPPUNIT_ASSERT(breaks_any(changes));
        return;
    }
    std::vector<std::string> found;
    for (const Change& change : changes)
        found.push_back(std::string(to_string(change.breaks)) + " " + change.where + ": " + change.what);
    std::sort(found.begin(), found.end());
    std::sort(lines.begin(), lines.end());
    std::string all;
    for (const std::string& line : found) all += "\n" + line;
    CPPUNIT_ASSERT_MESSAGE("found:" + all, found == lines);
    const bool breaks = std::any_of(lines.begin(), lines.end(),
                                    [](const std::string& line) { return !line.starts_with("no "); });
    CPPUNIT_ASSERT_EQUAL(breaks, breaks_any(changes));
}

inline void expect(const Bundle& to, std::vector<std::string> lines, bool any = false) {
    expect_between(bundle(office), to, std::move(lines), any);
}

}  // namespace hutong::wsdl::test
