"""A small contract and the shortest way to a published service, for tests of the daemon around it."""

WSDL = """<?xml version="1.0" encoding="UTF-8"?>
<definitions name="Echo" targetNamespace="urn:test:echo" xmlns="http://schemas.xmlsoap.org/wsdl/"
    xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:tns="urn:test:echo"
    xmlns:xsd="http://www.w3.org/2001/XMLSchema">
  <types>
    <xsd:schema targetNamespace="urn:test:echo" elementFormDefault="qualified">
      <xsd:element name="Echo" type="xsd:string"/>
      <xsd:element name="EchoResponse" type="xsd:string"/>
    </xsd:schema>
  </types>
  <message name="EchoIn"><part name="body" element="tns:Echo"/></message>
  <message name="EchoOut"><part name="body" element="tns:EchoResponse"/></message>
  <portType name="EchoPort">
    <operation name="Echo"><input message="tns:EchoIn"/><output message="tns:EchoOut"/></operation>
  </portType>
  <binding name="EchoBinding" type="tns:EchoPort">
    <soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
    <operation name="Echo">
      <soap:operation soapAction="urn:test:echo/Echo"/>
      <input><soap:body use="literal"/></input>
      <output><soap:body use="literal"/></output>
    </operation>
  </binding>
  <service name="EchoService">
    <port name="EchoPort" binding="tns:EchoBinding"><soap:address location="http://127.0.0.1:9/echo"/></port>
  </service>
</definitions>
"""


def write_wsdl(folder):
    path = folder / "echo.wsdl"
    path.write_text(WSDL, encoding="utf-8")
    return path


def publish_echo(daemon, endpoint=None):
    """An organisation, its service and a consumer that may call it."""
    daemon.org("gs", "工商行政管理局")
    said = daemon.publish(write_wsdl(daemon.folder), "gs", "echo", endpoint=endpoint)
    daemon.consumer("tax", "gs")
    daemon.grant("tax", "gs/echo")
    return said
