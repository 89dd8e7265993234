// The namespaces that contracts are written in.
#pragma once

#include <string_view>

namespace hutong::wsdl::ns {

inline constexpr std::string_view wsdl = "http://schemas.xmlsoap.org/wsdl/";
inline constexpr std::string_view wsdl20 = "http://www.w3.org/ns/wsdl";
inline constexpr std::string_view soap11 = "http://schemas.xmlsoap.org/wsdl/soap/";
inline constexpr std::string_view soap12 = "http://schemas.xmlsoap.org/wsdl/soap12/";
inline constexpr std::string_view http = "http://schemas.xmlsoap.org/wsdl/http/";
inline constexpr std::string_view mime = "http://schemas.xmlsoap.org/wsdl/mime/";
inline constexpr std::string_view xsd = "http://www.w3.org/2001/XMLSchema";
inline constexpr std::string_view xml = "http://www.w3.org/XML/1998/namespace";
inline constexpr std::string_view soap_encoding = "http://schemas.xmlsoap.org/soap/encoding/";
inline constexpr std::string_view xmime = "http://www.w3.org/2005/05/xmlmime";
inline constexpr std::string_view xmime2004 = "http://www.w3.org/2004/11/xmlmime";
inline constexpr std::string_view xop = "http://www.w3.org/2004/08/xop/include";
inline constexpr std::string_view swaref = "http://ws-i.org/profiles/basic/1.1/xsd";
inline constexpr std::string_view policy12 = "http://schemas.xmlsoap.org/ws/2004/09/policy";
inline constexpr std::string_view policy15 = "http://www.w3.org/ns/ws-policy";
inline constexpr std::string_view mtom_policy10 =
    "http://schemas.xmlsoap.org/ws/2004/09/policy/optimizedmimeserialization";
inline constexpr std::string_view mtom_policy11 = "http://www.w3.org/2007/08/soap12-mtom-policy";
inline constexpr std::string_view wsu =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
inline constexpr std::string_view wsa10 = "http://www.w3.org/2005/08/addressing";
inline constexpr std::string_view wsa2004 = "http://schemas.xmlsoap.org/ws/2004/08/addressing";
inline constexpr std::string_view wsaw = "http://www.w3.org/2006/05/addressing/wsdl";
inline constexpr std::string_view wsam = "http://www.w3.org/2007/05/addressing/metadata";

// The transport attribute of a SOAP binding that means HTTP, for SOAP 1.1 and, as some say, 1.2.
inline constexpr std::string_view http_transport = "http://schemas.xmlsoap.org/soap/http";
inline constexpr std::string_view http_transport12 = "http://www.w3.org/2003/05/soap/bindings/HTTP/";

}  // namespace hutong::wsdl::ns
