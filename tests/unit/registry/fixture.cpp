#include "fixture.hpp"

namespace hutong::registry {

void RegistryFixture::setUp() {
    url_ = test::embedded_postgres().fresh_database(true);
    pool_ = std::make_unique<pg::Pool>(context_.get_executor(), config::Database{}, url_);
    publication_ = std::make_unique<Publication>(*pool_, config::Wsdl{}, blocking_);
}

// The fixtures of all cases live until the last one has run; their connections must not, of which a server
// has only so many.
void RegistryFixture::tearDown() {
    publication_.reset();
    if (pool_) pool_->close();
    context_.restart();
    context_.poll();
    pool_.reset();
}

void RegistryFixture::add_people() {
    run(publication_->add_organisation({"gs", "工商局"})).value();
    run(publication_->add_consumer({"ds-tax", "gs", std::nullopt, {}})).value();
}

Error RegistryFixture::publish_error(const PublishRequest& wanted) {
    const auto before = generation();
    const auto done = run(publication_->publish(wanted));
    CPPUNIT_ASSERT(done.has_error());
    CPPUNIT_ASSERT_EQUAL(before, generation());
    CPPUNIT_ASSERT(done.error().detail.find('\n') == std::string::npos);
    return done.error();
}

wsdl::Bundle contract(const std::string& operation, const std::string& other, const std::string& address) {
    std::string elements;
    std::string messages;
    std::string abstract;
    std::string bound;
    for (const std::string& name : {operation, other}) {
        elements += "<xs:element name='" + name + "' type='xs:string'/><xs:element name='" + name +
                    "Response' type='xs:string'/>";
        messages += "<message name='" + name + "In'><part name='body' element='t:" + name + "'/></message>" +
                    "<message name='" + name + "Out'><part name='body' element='t:" + name +
                    "Response'/></message>";
        abstract += "<operation name='" + name + "'><input message='t:" + name +
                    "In'/><output message='t:" + name + "Out'/></operation>";
        bound += "<operation name='" + name +
                 "'><soap:operation soapAction=''/><input><soap:body use='literal'/></input>"
                 "<output><soap:body use='literal'/></output></operation>";
    }
    wsdl::Bundle bundle;
    bundle.main = "company.wsdl";
    bundle.files["types.xsd"] =
        "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:t' "
        "elementFormDefault='qualified'>" +
        elements + "</xs:schema>";
    bundle.files["company.wsdl"] =
        "<definitions xmlns='http://schemas.xmlsoap.org/wsdl/' "
        "xmlns:soap='http://schemas.xmlsoap.org/wsdl/soap/' "
        "xmlns:t='urn:t' targetNamespace='urn:t' name='Company'><types><xs:schema "
        "xmlns:xs='http://www.w3.org/2001/XMLSchema'><xs:import namespace='urn:t' "
        "schemaLocation='types.xsd'/>"
        "</xs:schema></types>" +
        messages + "<portType name='CompanyType'>" + abstract +
        "</portType><binding name='CompanyBinding' type='t:CompanyType'><soap:binding style='document' "
        "transport='http://schemas.xmlsoap.org/soap/http'/>" +
        bound +
        "</binding><service name='Company'><port name='CompanyPort' binding='t:CompanyBinding'><soap:address "
        "location='" +
        address + "'/></port></service></definitions>";
    return bundle;
}

PublishRequest request(wsdl::Bundle bundle) {
    PublishRequest wanted;
    wanted.org = "gs";
    wanted.name = "company";
    wanted.bundle = std::move(bundle);
    return wanted;
}

}  // namespace hutong::registry
