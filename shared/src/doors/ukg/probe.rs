//! Whether the account may read what a run reads: one row of each endpoint.

use super::{
    Client, Endpoint, Error, Shape,
    endpoint::{NotFound, Paging, Question},
};

impl Client {
    /// Every endpoint that a run reads with these settings. `employee-changes` is not one of
    /// them: asking it counts against eight times a day (reference/ukg.md, section 1).
    pub fn endpoints(&self) -> Vec<Endpoint> {
        let employments = match self.settings().shape {
            Shape::Old => Endpoint::EmploymentDetails,
            Shape::New => Endpoint::EmployeeEmploymentDetails,
        };
        let mut res = vec![employments, Endpoint::PersonDetails];
        res.extend(self.settings().reads_contracts.then_some(Endpoint::ContractDetails));
        res.extend([
            Endpoint::OrgLevels,
            Endpoint::Jobs,
            Endpoint::Locations,
            Endpoint::CompanyDetails,
        ]);
        res
    }

    /// The address of the tenant's services.
    pub fn origin(&self) -> String {
        self.base_url().origin()
    }

    /// Asks for one row, where the endpoint can be asked for so little. The rows are not read.
    ///
    /// # Errors
    /// [`Error::Forbidden`] when the account lacks View on the endpoint's web service; others as
    /// for every read.
    pub async fn probe(&self, endpoint: Endpoint) -> Result<(), Error> {
        let question = Question::all(endpoint);
        let mut url = self.url(&question);
        if let Paging::Numbered { size, .. } = question.paging {
            url.query_pairs_mut().clear().append_pair("page", "1").append_pair(size, "1");
        }
        match self.ask(endpoint, &url).await {
            Ok(_) => Ok(()),
            Err(Error::NotFound { .. }) if question.not_found == NotFound::MeansNoRows => Ok(()),
            Err(error) => Err(error),
        }
    }
}
