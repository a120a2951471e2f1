"""Rules at the desk."""

from tests.admin.desk import Desk


def test_pages(desk: Desk) -> None:
    desk.sign_in()
    for path in ("/", "/setup", "/setup/opened", "/rules", "/rules/new", "/rules/at?scope=variant&target=cup", "/rules/at?scope=shop","/rules/history", "/rules/test?sku=cup&channel=web", "/rules/groups", "/rules.csv", "/rules/history.csv", "/rules/targets?scope=variant&target=c"):
        a = desk.get(path)
        assert a.status_code == 200, (path, a.text[:3000])
        print(path, len(a.text))
