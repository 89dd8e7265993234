// 国税 and 地税 speak two contracts of the same shape; the templates here are written once for both.
#include "stubs/agencies/credit_code.hpp"
#include "stubs/agencies/faults.hpp"
#include "stubs/agencies/services.hpp"

namespace hutong::agencies {

namespace {

constexpr auto no_taxpayer = "查无此纳税人 / no taxpayer has this code";

int parse(struct soap* s, const char* text, statetax__Standing* to) {
    return soap_s2statetax__Standing(s, text, to);
}
int parse(struct soap* s, const char* text, localtax__Standing* to) {
    return soap_s2localtax__Standing(s, text, to);
}
int parse(struct soap* s, const char* text, statetax__Rating* to) {
    return soap_s2statetax__Rating(s, text, to);
}
int parse(struct soap* s, const char* text, localtax__Rating* to) {
    return soap_s2localtax__Rating(s, text, to);
}
int parse(struct soap* s, const char* text, statetax__TaxKind* to) {
    return soap_s2statetax__TaxKind(s, text, to);
}
int parse(struct soap* s, const char* text, localtax__TaxKind* to) {
    return soap_s2localtax__TaxKind(s, text, to);
}

statetax__Arrears* append(struct soap* s, _statetax__ListArrearsResponse& response) {
    return response.arrears.emplace_back(soap_new_statetax__Arrears(s));
}
localtax__Arrears* append(struct soap* s, _localtax__ListArrearsResponse& response) {
    return response.arrears.emplace_back(soap_new_localtax__Arrears(s));
}

// The account of `code`, or nullopt when a fault has been set.
template <class Fault>
std::optional<TaxAccount> find(struct soap* s, Store& store, Bureau bureau, const std::string& code) {
    if (check_credit_code(code)) {
        reject(s, Fault::BadCode, bad_credit_code);
        return std::nullopt;
    }
    auto found = store.tax_account(bureau, code);
    if (!found) {
        reject<Fault>(s, found.error());
        return std::nullopt;
    }
    if (!*found) reject(s, Fault::NotFound, no_taxpayer);
    return std::move(*found);
}

template <class Status>
void fill_status(struct soap* s, Status& answer, const TaxAccount& account) {
    answer.creditCode = account.credit_code;
    answer.taxpayerName = account.taxpayer_name;
    parse(s, account.standing.c_str(), &answer.standing);
    parse(s, account.rating.c_str(), &answer.rating);
    answer.taxOffice = account.tax_office;
    answer.registeredOn = account.registered_on;
    answer.arrearsTotal = account.arrears_total;
}

template <class Response>
void fill_arrears(struct soap* s, Response& response, const TaxAccount& account) {
    response.total = account.arrears_total;
    for (const Arrears& one : account.arrears) {
        auto* entry = append(s, response);
        parse(s, one.tax_kind.c_str(), &entry->taxKind);
        entry->period = one.period;
        entry->amount = one.amount;
        entry->dueOn = one.due_on;
    }
}

}  // namespace

int StateTax::GetTaxStatus(_statetax__GetTaxStatus* request, _statetax__GetTaxStatusResponse& response) {
    const auto account = find<statetax__FaultCode>(soap, store_, Bureau::state, request->creditCode);
    if (!account) return soap->error;
    response.status = soap_new_statetax__TaxStatus(soap);
    fill_status(soap, *response.status, *account);
    return SOAP_OK;
}

int StateTax::ListArrears(_statetax__ListArrears* request, _statetax__ListArrearsResponse& response) {
    const auto account = find<statetax__FaultCode>(soap, store_, Bureau::state, request->creditCode);
    if (!account) return soap->error;
    fill_arrears(soap, response, *account);
    return SOAP_OK;
}

int LocalTax::GetTaxStatus(_localtax__GetTaxStatus* request, _localtax__GetTaxStatusResponse& response) {
    const auto account = find<localtax__FaultCode>(soap, store_, Bureau::local, request->creditCode);
    if (!account) return soap->error;
    response.status = soap_new_localtax__TaxStatus(soap);
    fill_status(soap, *response.status, *account);
    return SOAP_OK;
}

int LocalTax::ListArrears(_localtax__ListArrears* request, _localtax__ListArrearsResponse& response) {
    const auto account = find<localtax__FaultCode>(soap, store_, Bureau::local, request->creditCode);
    if (!account) return soap->error;
    fill_arrears(soap, response, *account);
    return SOAP_OK;
}

}  // namespace hutong::agencies
