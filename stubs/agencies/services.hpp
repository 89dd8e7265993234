// The four sample agency services: from a parsed request to the register and back.
//
// One object serves one connection with its own soap context and isn't shared; the Store is. Wrong input and
// missing entries become the fault message that the contract declares.
//
// The …_init of the generated classes is switched off: dispatch() calls it between reading and answering, and
// it would forget which version of SOAP the caller speaks. The base class's constructor has called its own by
// then.
#pragma once

#include "soapCompanyRegisterSoap11Service.h"
#include "soapLocalTaxSoap11Service.h"
#include "soapOrganisationCodesSoap11Service.h"
#include "soapStateTaxSoap11Service.h"
#include "stubs/agencies/store.hpp"

namespace hutong::agencies {

// 工商
class CompanyRegister : public CompanyRegisterSoap11Service {
  public:
    CompanyRegister(struct soap* context, Store& store)
        : CompanyRegisterSoap11Service(context), store_(store) {}
    int GetCompany(_company__GetCompany* request, _company__GetCompanyResponse& response) override;
    int FindCompanies(_company__FindCompanies* request, _company__FindCompaniesResponse& response) override;
    int RegisterCompany(_company__RegisterCompany* request,
                        _company__RegisterCompanyResponse& response) override;
    void CompanyRegisterSoap11Service_init(soap_mode, soap_mode) override {}

  private:
    Store& store_;
};

// 国税
class StateTax : public StateTaxSoap11Service {
  public:
    StateTax(struct soap* context, Store& store) : StateTaxSoap11Service(context), store_(store) {}
    int GetTaxStatus(_statetax__GetTaxStatus* request, _statetax__GetTaxStatusResponse& response) override;
    int ListArrears(_statetax__ListArrears* request, _statetax__ListArrearsResponse& response) override;
    void StateTaxSoap11Service_init(soap_mode, soap_mode) override {}

  private:
    Store& store_;
};

// 地税
class LocalTax : public LocalTaxSoap11Service {
  public:
    LocalTax(struct soap* context, Store& store) : LocalTaxSoap11Service(context), store_(store) {}
    int GetTaxStatus(_localtax__GetTaxStatus* request, _localtax__GetTaxStatusResponse& response) override;
    int ListArrears(_localtax__ListArrears* request, _localtax__ListArrearsResponse& response) override;
    void LocalTaxSoap11Service_init(soap_mode, soap_mode) override {}

  private:
    Store& store_;
};

// 质监. The operations with an underscore are the SOAP 1.2 binding's.
class OrganisationCodes : public OrganisationCodesSoap11Service {
  public:
    OrganisationCodes(struct soap* context, Store& store)
        : OrganisationCodesSoap11Service(context), store_(store) {}
    int GetOrganisation(_orgcode__GetOrganisation* request,
                        _orgcode__GetOrganisationResponse& response) override;
    int ValidateCode(_orgcode__ValidateCode* request, _orgcode__ValidateCodeResponse& response) override;
    int GetOrganisation_(_orgcode__GetOrganisation* request,
                         _orgcode__GetOrganisationResponse& response) override {
        return GetOrganisation(request, response);
    }
    int ValidateCode_(_orgcode__ValidateCode* request, _orgcode__ValidateCodeResponse& response) override {
        return ValidateCode(request, response);
    }
    void OrganisationCodesSoap11Service_init(soap_mode, soap_mode) override {}

  private:
    Store& store_;
};

}  // namespace hutong::agencies
