//! Requests as clients of many makers write them, and the exact bytes that answer them, as pairs of files.

use std::fs;
use std::path::Path;

use crate::house::House;

#[tokio::test]
async fn each_request_in_the_folder_gets_the_answer_beside_it() {
    // omnitracs-soap 1, 4.1 to 4.3; soap-clients 3 to 6 and WS-Security UsernameToken.
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut requests: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_string_lossy().ends_with(".request.xml"))
        .collect();
    requests.sort();
    assert!(requests.len() > 15, "the folder holds the pairs");
    let house = House::open().await;
    for request in requests {
        let answer =
            request.with_file_name(request.file_name().unwrap().to_str().unwrap().replace("request", "answer"));
        let expected = fs::read_to_string(&answer).unwrap();
        let came = house.call(&fs::read_to_string(&request).unwrap()).await;
        let status = if expected.contains("<soapenv:Fault>") { 500 } else { 200 };
        assert_eq!((came.status.as_u16(), came.body.as_str()), (status, expected.trim_end()), "{}", request.display());
        assert_eq!(came.headers["content-type"], "text/xml; charset=utf-8");
    }
}
