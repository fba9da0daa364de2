#!/bin/sh
# Run by the image as the last step of its initialisation, as postgres; db-start.sh says what the note is for.
# It must be gone for good before anybody is let in, for the start that finds it empties the database. The image runs
# this in its own shell or in another one, so no `set -e` here.
rm "${PGDATA%/*}/initialising" && sync "${PGDATA%/*}" || exit 1
