"""保障对象 and 公平卫士 as pages: warning list, archives of families, client units, data structure; each with its Excel."""
