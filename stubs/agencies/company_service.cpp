#include <algorithm>

#include "stubs/agencies/credit_code.hpp"
#include "stubs/agencies/faults.hpp"
#include "stubs/agencies/regions.hpp"
#include "stubs/agencies/services.hpp"

namespace hutong::agencies {

namespace {

using Fault = company__FaultCode;

// xsd:decimal as the contract restricts it: up to 16 digits, at most two after the point, no sign.
bool is_amount(std::string_view text) {
    const auto point = text.find('.');
    const auto whole = text.substr(0, point);
    const auto cents = point == std::string_view::npos ? std::string_view{"0"} : text.substr(point + 1);
    const auto digits = [](std::string_view part) {
        return !part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos;
    };
    return digits(whole) && whole.size() <= 16 && digits(cents) && cents.size() <= 2;
}

company__CompanyStatus status_of(struct soap* context, const std::string& text) {
    company__CompanyStatus status{};
    soap_s2company__CompanyStatus(context, text.c_str(), &status);
    return status;
}

}  // namespace

int CompanyRegister::GetCompany(_company__GetCompany* request, _company__GetCompanyResponse& response) {
    if (check_credit_code(request->creditCode)) return reject(soap, Fault::BadCode, bad_credit_code);
    const auto found = store_.company(request->creditCode);
    if (!found) return reject<Fault>(soap, found.error());
    if (!*found) return reject(soap, Fault::NotFound, "查无此企业 / no company has this code");
    const Company& company = **found;
    auto* answer = soap_new_company__Company(soap);
    answer->creditCode = company.credit_code;
    answer->name = company.name;
    answer->status = status_of(soap, company.status);
    answer->legalPerson = company.legal_person;
    answer->registeredCapital = company.registered_capital;
    answer->establishedOn = company.established_on;
    answer->regionCode = company.region_code;
    const Region* region = find_region(company.region_code);
    answer->regionName = region ? std::string(region->full_name) : company.region_code;
    answer->address = company.address;
    answer->businessScope = company.business_scope;
    response.company = answer;
    return SOAP_OK;
}

int CompanyRegister::FindCompanies(_company__FindCompanies* request,
                                   _company__FindCompaniesResponse& response) {
    const auto found = store_.find_companies(request->namePart, std::clamp(request->maxRows, 1, 200));
    if (!found) return reject<Fault>(soap, found.error());
    response.total = static_cast<int>(found->total);
    for (const CompanySummary& row : found->rows) {
        auto* summary = soap_new_company__CompanySummary(soap);
        summary->creditCode = row.credit_code;
        summary->name = row.name;
        summary->status = status_of(soap, row.status);
        response.company.push_back(summary);
    }
    return SOAP_OK;
}

int CompanyRegister::RegisterCompany(_company__RegisterCompany* request,
                                     _company__RegisterCompanyResponse& response) {
    if (!find_region(request->regionCode))
        return reject(soap, Fault::BadRequest,
                      "行政区划代码不在受理范围 / regionCode is none of the regions served here");
    if (!is_amount(request->registeredCapital))
        return reject(soap, Fault::BadRequest,
                      "注册资本应为不带符号、至多两位小数的金额 / registeredCapital must be an amount with "
                      "at most two decimals");
    const auto registered = store_.register_company({.name = request->name,
                                                     .legal_person = request->legalPerson,
                                                     .registered_capital = request->registeredCapital,
                                                     .region_code = request->regionCode,
                                                     .address = request->address,
                                                     .business_scope = request->businessScope});
    if (!registered && registered.error().code == ErrorCode::conflict)
        return reject(soap, Fault::NameTaken, "企业名称已被使用 / another company has this name");
    if (!registered) return reject<Fault>(soap, registered.error());
    response.creditCode = registered->credit_code;
    response.registeredOn = registered->established_on;
    return SOAP_OK;
}

}  // namespace hutong::agencies
