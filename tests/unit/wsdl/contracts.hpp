// Small contracts for the tests, and the ways to bend them.
#pragma once

#include <algorithm>
#include <string>

#include <cppunit/extensions/HelperMacros.h>

#include "wsdl/reader.hpp"

namespace hutong::wsdl::test {

// document/literal wrapped, one operation, nothing to find fault with.
inline const std::string good_wsdl = R"(<?xml version="1.0" encoding="UTF-8"?>
<wsdl:definitions name="Company" targetNamespace="urn:company" xmlns:tns="urn:company"
    xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
    xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <wsdl:types>
    <xs:schema targetNamespace="urn:company" elementFormDefault="qualified">
      <xs:element name="Find"><xs:complexType><xs:sequence>
        <xs:element name="code" type="xs:string"/></xs:sequence></xs:complexType></xs:element>
      <xs:element name="FindResponse"><xs:complexType><xs:sequence>
        <xs:element name="name" type="xs:string"/></xs:sequence></xs:complexType></xs:element>
      <xs:element name="Refused" type="xs:string"/>
      <xs:element name="Token" type="xs:string"/>
    </xs:schema>
  </wsdl:types>
  <wsdl:message name="FindIn"><wsdl:part name="parameters" element="tns:Find"/></wsdl:message>
  <wsdl:message name="FindOut"><wsdl:part name="parameters" element="tns:FindResponse"/></wsdl:message>
  <wsdl:message name="RefusedMessage"><wsdl:part name="fault" element="tns:Refused"/></wsdl:message>
  <wsdl:message name="Headers"><wsdl:part name="token" element="tns:Token"/></wsdl:message>
  <wsdl:portType name="CompanyPort">
    <wsdl:operation name="Find">
      <wsdl:documentation>查询企业</wsdl:documentation>
      <wsdl:input message="tns:FindIn"/>
      <wsdl:output message="tns:FindOut"/>
      <wsdl:fault name="refused" message="tns:RefusedMessage"/>
    </wsdl:operation>
  </wsdl:portType>
  <wsdl:binding name="CompanyBinding" type="tns:CompanyPort">
    <soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
    <wsdl:operation name="Find">
      <soap:operation soapAction="urn:company/Find"/>
      <wsdl:input><soap:header message="tns:Headers" part="token" use="literal"/><soap:body use="literal"/></wsdl:input>
      <wsdl:output><soap:body use="literal"/></wsdl:output>
      <wsdl:fault name="refused"><soap:fault name="refused" use="literal"/></wsdl:fault>
    </wsdl:operation>
  </wsdl:binding>
  <wsdl:service name="CompanyService">
    <wsdl:port name="CompanyPort" binding="tns:CompanyBinding">
      <soap:address location="http://backend.example/company"/>
    </wsdl:port>
  </wsdl:service>
</wsdl:definitions>
)";

// rpc/literal with two typed parts.
inline const std::string rpc_wsdl = R"(<?xml version="1.0"?>
<definitions name="Calc" targetNamespace="urn:calc" xmlns:tns="urn:calc" xmlns="http://schemas.xmlsoap.org/wsdl/"
    xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <message name="AddIn"><part name="a" type="xs:int"/><part name="b" type="xs:int"/></message>
  <message name="AddOut"><part name="sum" type="xs:int"/></message>
  <portType name="CalcPort">
    <operation name="Add"><input message="tns:AddIn"/><output message="tns:AddOut"/></operation>
  </portType>
  <binding name="CalcBinding" type="tns:CalcPort">
    <soap:binding style="rpc" transport="http://schemas.xmlsoap.org/soap/http"/>
    <operation name="Add">
      <soap:operation soapAction=""/>
      <input><soap:body use="literal" namespace="urn:calc:body"/></input>
      <output><soap:body use="literal" namespace="urn:calc:body"/></output>
    </operation>
  </binding>
  <service name="CalcService"><port name="CalcPort" binding="tns:CalcBinding">
    <soap:address location="http://backend.example/calc"/></port></service>
</definitions>
)";

// The text with every `from` replaced; a test whose `from` is gone fails here and not by accident elsewhere.
inline std::string with(std::string text, const std::string& from, const std::string& to) {
    CPPUNIT_ASSERT_MESSAGE("not in the text: " + from, text.find(from) != std::string::npos);
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
        text.replace(at, from.size(), to);
    return text;
}

inline Bundle bundle_of(const std::string& main_text, std::map<std::string, std::string> others = {}) {
    Bundle bundle{std::move(others), "main.wsdl"};
    bundle.files["main.wsdl"] = main_text;
    return bundle;
}

inline Description described(const Bundle& bundle) {
    auto description = read(bundle);
    CPPUNIT_ASSERT_MESSAGE(description ? "" : description.error().detail, description.has_value());
    return std::move(*description);
}

inline std::string listed(const Description& description) {
    std::string result;
    for (const Finding& finding : description.findings)
        result += finding.rule + " " + finding.place.text() + " " + finding.text + "\n";
    return result;
}

inline const Finding* find_rule(const Description& description, const std::string& rule) {
    const auto found = std::find_if(description.findings.begin(), description.findings.end(),
                                    [&](const Finding& finding) { return finding.rule == rule; });
    return found == description.findings.end() ? nullptr : &*found;
}

// The 1-based line on which `text` first stands.
inline int line_of(const std::string& whole, const std::string& text) {
    const std::size_t at = whole.find(text);
    CPPUNIT_ASSERT_MESSAGE("not in the text: " + text, at != std::string::npos);
    return 1 +
           static_cast<int>(std::count(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
}

}  // namespace hutong::wsdl::test
