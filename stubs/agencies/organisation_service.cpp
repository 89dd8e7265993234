#include "stubs/agencies/credit_code.hpp"
#include "stubs/agencies/faults.hpp"
#include "stubs/agencies/services.hpp"

namespace hutong::agencies {

namespace {

using Fault = orgcode__FaultCode;

orgcode__CodeProblem on_the_wire(CodeProblem problem) {
    switch (problem) {
        case CodeProblem::length:
            return orgcode__CodeProblem::length;
        case CodeProblem::alphabet:
            return orgcode__CodeProblem::alphabet;
        case CodeProblem::organisation_check:
            return orgcode__CodeProblem::organisationCheck;
        case CodeProblem::credit_check:
            return orgcode__CodeProblem::creditCheck;
    }
    return orgcode__CodeProblem::alphabet;
}

}  // namespace

int OrganisationCodes::GetOrganisation(_orgcode__GetOrganisation* request,
                                       _orgcode__GetOrganisationResponse& response) {
    if (check_organisation_code(request->organisationCode))
        return reject(soap, Fault::BadCode,
                      "组织机构代码校验不符 / the organisation code does not fit its check character");
    const auto found = store_.organisation(request->organisationCode);
    if (!found) return reject<Fault>(soap, found.error());
    if (!*found) return reject(soap, Fault::NotFound, "查无此机构 / no organisation has this code");
    auto* answer = soap_new_orgcode__Organisation(soap);
    answer->organisationCode = (*found)->organisation_code;
    answer->creditCode = (*found)->credit_code;
    answer->name = (*found)->name;
    answer->address = (*found)->address;
    answer->issuedOn = (*found)->issued_on;
    answer->validUntil = (*found)->valid_until;
    response.organisation = answer;
    return SOAP_OK;
}

int OrganisationCodes::ValidateCode(_orgcode__ValidateCode* request,
                                    _orgcode__ValidateCodeResponse& response) {
    const std::string& code = request->code;
    std::optional<CodeProblem> problem = CodeProblem::length;
    Result<bool> issued = false;
    response.kind = orgcode__CodeKind::unknown;
    if (code.size() == 18) {
        response.kind = orgcode__CodeKind::credit;
        problem = check_credit_code(code);
        if (!problem) issued = store_.issued(code);
    } else if (code.size() == 9) {
        response.kind = orgcode__CodeKind::organisation;
        problem = check_organisation_code(code);
        if (!problem) {
            const auto found = store_.organisation(code);
            issued = found ? Result<bool>(found->has_value()) : Result<bool>(found.error());
        }
    }
    if (!issued) return reject<Fault>(soap, issued.error());
    response.valid = !problem;
    response.issued = *issued;
    if (problem) {
        response.problem =
            static_cast<orgcode__CodeProblem*>(soap_malloc(soap, sizeof(orgcode__CodeProblem)));
        *response.problem = on_the_wire(*problem);
    }
    return SOAP_OK;
}

}  // namespace hutong::agencies
