"""From the commit of a mark to the start of its job, in a worker that has nothing else to do.

Both moments are PostgreSQL's own: `marks.marked_at`, a little before the commit, and the moment the job is taken. Marks
and jobs go when they are done, so triggers keep the two. The webhooks come through the door, one at a time.
"""

import statistics
from collections.abc import Iterator

import psycopg

from bench import stage
from bench.figure import Figure, at_most
from bench.load import send_all
from bench.stage import ACCEPTED, WEBHOOKS, Scene

TIMES = 60
PAUSE_SECONDS = 0.02
MEDIAN_MS = 20

WATCH = """
CREATE TABLE bench_moments (what text, at timestamptz);
CREATE FUNCTION bench_marked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN INSERT INTO bench_moments VALUES ('marked', NEW.marked_at); RETURN NULL; END $$;
CREATE FUNCTION bench_started() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN INSERT INTO bench_moments VALUES ('started', clock_timestamp()); RETURN NULL; END $$;
CREATE TRIGGER bench_marked AFTER INSERT ON marks FOR EACH ROW EXECUTE FUNCTION bench_marked();
CREATE TRIGGER bench_started AFTER UPDATE ON procrastinate_jobs FOR EACH ROW
WHEN (NEW.status = 'doing' AND OLD.status = 'todo' AND NEW.task_name = 'reconcile') EXECUTE FUNCTION bench_started();
"""

FORGET = """
DROP TRIGGER bench_marked ON marks;
DROP TRIGGER bench_started ON procrastinate_jobs;
DROP FUNCTION bench_marked;
DROP FUNCTION bench_started;
"""

# The first start after each mark.
WAITS = """
SELECT extract(epoch FROM min(job.at) - mark.at) * 1000
FROM bench_moments AS mark JOIN bench_moments AS job ON job.what = 'started' AND job.at >= mark.at
WHERE mark.what = 'marked' GROUP BY mark.at
"""


def figures(scene: Scene) -> Iterator[Figure]:
    requests = scene.sender.requests(WEBHOOKS, TIMES)
    with psycopg.connect(scene.app.database_url, autocommit=True) as database, scene.worker():
        database.execute(WATCH)
        for request in requests:
            send_all(scene.app.port, [request], connections=1, expect=ACCEPTED)
            stage.wait_for(scene.is_idle, "the job", PAUSE_SECONDS)
        waits = [float(wait) for (wait,) in database.execute(WAITS)]
        database.execute(FORGET)
    if len(waits) != TIMES:
        raise RuntimeError(f"{len(waits)} of {TIMES} marks had a job.")
    yield at_most("mark_to_job_median_ms", statistics.median(waits), MEDIAN_MS)
